/** What Google's own tools read from the environment, as far as it decides something here. */
export const environment = {
  /** Google's emulator or a fake: `host:port`, no credentials, no TLS. */
  get pubSubEmulator(): string | undefined {
    return nonEmpty(process.env['PUBSUB_EMULATOR_HOST'])
  },
  /** Another endpoint of Cloud Storage's API: with it no credentials are looked for. */
  get storageEndpoint(): string | undefined {
    return nonEmpty(process.env['GCS_ENDPOINT'])
  },
  /** Another endpoint of Cloud Scheduler's API: with it no credentials are looked for. */
  get schedulerEndpoint(): string | undefined {
    return nonEmpty(process.env['CLOUD_SCHEDULER_ENDPOINT'])
  },
  get project(): string | undefined {
    return nonEmpty(process.env['GOOGLE_CLOUD_PROJECT'])
  },
  get credentialsFile(): string | undefined {
    return nonEmpty(process.env['GOOGLE_APPLICATION_CREDENTIALS'])
  },
  /** Where the keys are that sign the tokens of pushes; Google's own where left out. */
  get signingKeysUrl(): string | undefined {
    return nonEmpty(process.env['GOOGLE_OIDC_JWKS_URL'])
  },
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
