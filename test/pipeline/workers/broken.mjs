// A worker that does not come up.
throw new Error('Cannot load: told so')
