// Must-match and must-not-match strings of shaped numbers: the ways in which logs hold one. Read by tests alone.

/** The numbers in turn behind a word that speaks for them. At least six lines. */
export function inLines(word: string, numbers: readonly string[]): string[] {
  const name = word.replaceAll(' ', '_')
  const [first, ...others] = word.split(' ')
  const camel = first + others.map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join('')
  const ways = [
    (number: string) => `${word} «${number}» was updated`,
    (number: string) => `${word}: «${number}».`,
    (number: string) => `{"${camel}":"«${number}»","ok":true}`,
    (number: string) => `GET /u?${name}=«${number}»&x=1`,
    (number: string) => `level=info ${name}=«${number}» took=3`,
    (number: string) => `refused (${word} «${number}», once)`,
  ]
  const count = Math.max(ways.length, numbers.length)
  return Array.from({ length: count }, (_, i) => ways[i % ways.length](numbers[i % numbers.length]))
}

/** The number as a part of something longer: a word, a decimal, a name. */
export function asPart(word: string, number: string): string[] {
  return [
    `${word} y${number}`,
    `${word} ${number}y`,
    `${word} id_${number}`,
    `${word} ${number}_1`,
    `${word} 3.${number}`,
    `${word} ${number}.5`,
  ]
}
