import { dataSchema, type ToEvent } from '@millrace/source-pubsub'
import { asAttributeText, eventOf } from '@millrace/source-sdk'

/** A build that changed (Cloud Build, "Build notifications"); the data are the build as it came. */
export const toEvent: ToEvent = ({ id, data, attributes, publishTime }, { projectId }) => {
  const { buildId = '', status = '' } = attributes
  if (buildId === '' || status === '')
    return {
      malformed: `the attribute ${buildId === '' ? 'buildId' : 'status'} is missing, so it is no message of Cloud Build`,
    }
  return {
    event: eventOf({
      id,
      source: asAttributeText(`//cloudbuild.googleapis.com/projects/${projectId}/builds/${buildId}`),
      type: 'google.cloud.cloudbuild.build.v1.statusChanged',
      attributes: {
        subject: asAttributeText(status),
        time: publishTime,
        dataschema: dataSchema('cloudbuild'),
        datacontenttype: 'application/json',
      },
      data,
    }),
  }
}
