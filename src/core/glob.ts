// Globs over names and dotted paths: `*` is any run without a dot, `**` any run. Evaluated once per name,
// never per record.

/** A test for strings. A list that is `undefined` matches everything, and one that is empty nothing. */
export function globTest(globs: readonly string[] | undefined): (name: string) => boolean {
  if (globs === undefined) return () => true
  return (name) => globs.some((glob) => matches(glob, name, 0, 0))
}

function matches(glob: string, name: string, globAt: number, nameAt: number): boolean {
  let g = globAt
  let n = nameAt
  for (; g < glob.length; g++, n++) {
    if (glob[g] !== '*') {
      if (glob[g] !== name[n]) return false
      continue
    }
    const any = glob[g + 1] === '*'
    let rest = g + (any ? 2 : 1)
    // `**.` also stands for no segment at all.
    if (any && glob[rest] === '.' && (n === 0 || name[n - 1] === '.') && matches(glob, name, rest + 1, n)) return true
    while (glob[rest] === '*') rest++
    for (let end = n; end <= name.length; end++) {
      if (matches(glob, name, rest, end)) return true
      if (!any && name[end] === '.') break
    }
    return false
  }
  return n === name.length
}
