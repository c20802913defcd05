// What JavaScript calls (src/wire/walker.ts). Addresses and lengths are plain numbers; nothing here throws.

export { isQuiet, walkJson } from './json'
export { forgetRepeats, leafCount, leafRows, resetLeaves, setDigitsMin, wasClean } from './leaves'
export { batchRoom, endsRoom, textRoom } from './memory'
export { walkedTo, walkMsgpack } from './msgpack'
export { countedAt, endCounts, forgetNames, hasRoomForNames, newRoot, setKnown, takeCount } from './names'
export { occursAgain } from './occurrences'
export { forgetValues, seedPaths, setKeyClean, setSilence } from './paths'
export { nodeOfLeaves, runEvents, runJson, runState, runText } from './runs'
export { columnsRoom, forgetText, hitRows, scanText, setFilter, setTable, tableRoom } from './scan'
export { mayHaveBase64InBatch } from './seeing'
