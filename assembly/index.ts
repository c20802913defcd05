// What JavaScript calls (src/wire/walker.ts). Addresses and lengths are plain numbers; nothing here throws.

export { walkJson } from './json'
export { forgetRepeats, isQuiet, leafCount, leafRows, resetLeaves, setDigitsMin, wasClean } from './leaves'
export { batchRoom, textRoom } from './memory'
export { walkedTo, walkMsgpack } from './msgpack'
export { forgetValues, seedPaths, setKeyClean, setSilence } from './paths'
export { columnsRoom, forgetText, hitRows, scanText, setFilter, setTable, tableRoom } from './scan'
export { mayHaveBase64 } from './seeing'
