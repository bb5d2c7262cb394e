import { describe, expect, it } from 'vitest'
import { parseSchedule } from '../src/schedule.ts'

describe('a schedule is what Knative’s parser takes (robfig/cron v3, optional seconds, descriptors)', () => {
  it.each([
    ['* * * * *', '0 * * * * *'],
    ['*/10 * * * * *', '*/10 * * * * *'],
    ['5/15 * * * *', '0 5-59/15 * * * *'],
    ['0 9-17/2 * * MON-FRI', '0 0 9-17/2 * * 1,2,3,4,5'],
    ['0,30 8,20 1 jan,JUL ?', '0 0,30 8,20 1 1,7 *'],
    ['  0   0  1  1  * ', '0 0 0 1 1 *'],
    ['0 0 */2 * 1', '0 0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 1'],
    ['0 0 */1 * 1', '0 0 0 * * 1'],
    ['*/90 * * * *', '0 0 * * * *'],
    ['10-20/11 5/70 */24 */40 * *', '10 5 0 1 * *'],
    ['1,,2, ,3 +4 * *', '0 1,2 3 4 * *'],
    ['@hourly', '0 0 * * * *'],
    ['@daily', '0 0 0 * * *'],
    ['@midnight', '0 0 0 * * *'],
    ['@weekly', '0 0 0 * * 0'],
    ['@monthly', '0 0 0 1 * *'],
    ['@yearly', '0 0 0 1 1 *'],
    ['@annually', '0 0 0 1 1 *'],
  ])('%s', (text, pattern) => {
    expect(parseSchedule(text)).toEqual({ kind: 'schedule', pattern })
  })

  it.each([
    ['', 'has 0 fields, must have 5, or 6 with seconds first'],
    ['* * * *', 'has 4 fields, must have 5, or 6 with seconds first'],
    ['0 0 0 1 1 * 2030', 'has 7 fields, must have 5, or 6 with seconds first'],
    ['@every 5m', 'is @every, which is not taken; write fields, such as */5 * * * * for every 5 minutes'],
    [
      '@fortnightly',
      'is no descriptor, must be one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly',
    ],
    ['CRON_TZ=UTC * * * * *', 'names a time zone, which belongs into timezone'],
    ['0 0 L * *', 'has the day of month "L", must be a number from 1 to 31'],
    ['0 0 15W * *', 'has the day of month "15W", must be a number from 1 to 31'],
    ['0 0 * * 5#2', 'has the day of week "5#2", must be a number from 0 to 6, or a name such as SUN'],
    ['0 0 * * 7', 'has the day of week "7", must be from 0 to 6'],
    ['60 * * * *', 'has the minute "60", must be from 0 to 59'],
    ['0 24 * * *', 'has the hour "24", must be from 0 to 23'],
    ['0 0 0 * *', 'has the day of month "0", must be from 1 to 31'],
    ['0 0 * mon *', 'has the month "mon", must be a number from 1 to 12, or a name such as JAN'],
    ['0 22-2 * * *', 'has the hour "22-2", whose end must not be before its beginning'],
    ['*/0 * * * *', 'has the minute "*/0", whose step must be a whole number from 1'],
    ['*-5 * * * *', 'has the minute "*-5", must be a range between two values, or * alone'],
    [', * * * *', 'has the minute ",", must be a number from 0 to 59'],
  ])('not %j', (text, problem) => {
    expect(parseSchedule(text)).toEqual({ kind: 'problem', problem })
  })
})
