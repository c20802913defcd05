// Owns the order of records: what left for the workers in one order goes on to the sinks in the same order, per origin.
// It knows nothing of batches; a step is whatever has to happen in turn.

type Step = () => void

interface Turn {
  step: Step | null
}

export class Sequencer {
  readonly #lines = new Map<string, Turn[]>()

  /** Takes the next turn of `origin`. Call the returned function once: its step runs after all earlier ones ran. */
  enter(origin: string): (step: Step) => void {
    let line = this.#lines.get(origin)
    if (!line) {
      line = []
      this.#lines.set(origin, line)
    }
    const turns = line
    const turn: Turn = { step: null }
    turns.push(turn)
    return (step) => {
      turn.step = step
      while (turns.length > 0 && turns[0].step !== null) turns.shift()?.step?.()
    }
  }
}
