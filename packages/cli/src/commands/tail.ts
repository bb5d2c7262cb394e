import { AdminClient, serverOptions } from '../admin-client.ts'
import { compileExpression } from '../cesql-option.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { followLines } from '../follow-lines.ts'
import { outputFormat, outputOption } from '../output.ts'
import { stopSignal } from '../stop-signals.ts'
import type { Step } from '../story/step.ts'
import { StoryTeller } from '../story/story-teller.ts'

export const tail = defineCommand({
  name: 'tail',
  summary: 'Show what happens to events, live',
  example: [
    'millrace tail --broker orders --why',
    `millrace tail --filter "type LIKE 'com.example.%'" -o json`,
  ].join('\n'),
  options: {
    ...serverOptions,
    output: { ...outputOption.output, help: 'json: one object a line; lines to read where nothing is said' },
    broker: { type: 'string', value: 'NAME', help: 'at this broker (or channel): NAME or NAMESPACE/NAME' },
    trigger: { type: 'string', value: 'NAME', help: 'what concerns this trigger: NAME or NAMESPACE/NAME' },
    type: { type: 'string', value: 'TYPE', help: 'events of this type' },
    id: { type: 'string', value: 'ID', help: 'events of this id' },
    filter: { type: 'string', value: 'CESQL', help: 'events for which this expression is true' },
    why: { type: 'boolean', help: 'for what did not match, the clause that kept it out' },
    rejected: { type: 'boolean', help: 'with -o json too: requests that were refused, and why' },
  },
  async run({ flags }, terminal) {
    const format = outputFormat(flags.output, ['json'])
    const { broker, trigger, type, id, filter } = flags
    if (filter !== undefined) compileExpression(filter)
    const ended = new AbortController()
    void stopSignal(process).then(() => ended.abort())
    const lines = followLines(new AdminClient(flags), {
      path: '/api/tail',
      query: {
        broker,
        trigger,
        type,
        id,
        filter,
        why: flags.why ? 'true' : undefined,
        rejected: flags.rejected || format === 'table' ? 'true' : undefined,
      },
      signal: ended.signal,
      say: (sentence) => terminal.note(sentence),
    })
    const teller = new StoryTeller({ terminal, times: true, places: true })
    try {
      for await (const line of lines) {
        const texts = format === 'json' ? [line] : teller.lines(JSON.parse(line) as Step)
        for (const text of texts) terminal.print(text)
        // a reader that is slow makes the server count, and not this process grow
        await terminal.drained(ended.signal)
      }
    } catch (error) {
      if (!ended.signal.aborted) throw error
    }
    return exitCode.done
  },
})
