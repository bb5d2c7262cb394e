/** A message that is still being made: what is not there is set where it is, which costs less than spreading. */
export type Draft<Message> = { -readonly [Name in keyof Message]: Message[Name] }
