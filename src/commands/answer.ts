/** What a command that only tells something answers: words for a person, and the same as JSON. */
export interface TextAnswer {
  readonly text: string;
  readonly json: object;
}
