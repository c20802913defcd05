// What JavaScript calls (src/wire/walker.ts). Addresses and lengths are plain numbers; nothing here throws.

export { foundCount } from './found'
export { lookAt, walkJson } from './json'
export { judgedRoom, setCounting } from './judge'
export { forgetRepeats, leafCount, leafRows, setDigitsMin, wasClean } from './leaves'
export { batchRoom, endsRoom, textRoom } from './memory'
export { walkedTo, walkMsgpack } from './msgpack'
export { countedAt, endCounts, forgetNames, hasRoomForNames, newRoot, setKnown, takeCount } from './names'
export { occursAgain } from './occurrences'
export { forgetValues, seedPaths, setKeyClean, setSilence } from './paths'
export { beginRecord, nodeOfLeaves, runEvents, runJson, runState, runText } from './runs'
export { columnsRoom, forgetText, hitRows, scanText, setFilter, setTable, tableRoom } from './scan'
export { mayHaveBase64InBatch } from './seeing'
