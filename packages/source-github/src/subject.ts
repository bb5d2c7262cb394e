import { memberAt, scalarAt, textAt, type Payload } from './payload.ts'

/** Where the subject of an event stands in its payload. */
type Rule = (payload: Payload) => string | undefined

/** What Knative's adapter takes (eventing-github, pkg/common/events.go), by the name of the event. */
const rules = new Map<string, Rule>(
  Object.entries({
    pull_request: (payload) => scalarAt(payload, 'pull_request', 'number') ?? scalarAt(payload, 'number'),
    issues: (payload) => scalarAt(payload, 'issue', 'number'),
    milestone: (payload) => scalarAt(payload, 'milestone', 'number'),
    push: (payload) => lastPathPortion(textAt(payload, 'compare')),
    create: (payload) => textAt(payload, 'ref_type'),
    delete: (payload) => textAt(payload, 'ref_type'),
    release: (payload) => textAt(payload, 'release', 'tag_name'),
    issue_comment: (payload) => lastPathPortion(textAt(payload, 'comment', 'html_url')),
    commit_comment: (payload) => lastPathPortion(textAt(payload, 'comment', 'html_url')),
    pull_request_review: (payload) => scalarAt(payload, 'review', 'id'),
    pull_request_review_comment: (payload) => scalarAt(payload, 'comment', 'id'),
    label: (payload) => textAt(payload, 'label', 'name'),
    gollum: pageNames,
    status: (payload) => textAt(payload, 'sha'),
    organization: action,
    org_block: action,
    project: action,
    project_card: action,
    project_column: action,
    deployment_status: (payload) => scalarAt(payload, 'deployment', 'id'),
    fork: (payload) => scalarAt(payload, 'forkee', 'id'),
    member: (payload) => scalarAt(payload, 'member', 'id'),
    membership: (payload) => scalarAt(payload, 'member', 'id'),
    page_build: (payload) => scalarAt(payload, 'id'),
    security_advisory: (payload) => textAt(payload, 'security_advisory', 'ghsa_id'),
    public: repository,
    repository,
    team_add: repository,
    watch: repository,
    star: repository,
  }),
)

/** The subject of an event; none where nothing in the payload stands for one. */
export function subjectOf(event: string, payload: Payload): string | undefined {
  const rule = rules.get(event) ?? ruleByName(event)
  const subject = rule(payload)
  return subject === '' ? undefined : subject
}

/** An event without a rule of its own: the member that has its name, else its repository. */
function ruleByName(event: string): Rule {
  if (event.startsWith('installation')) return (payload) => scalarAt(payload, 'installation', 'id')
  const member = event.endsWith('_alert') ? 'alert' : event
  return (payload) => scalarAt(payload, member, 'id') ?? repository(payload)
}

function repository(payload: Payload): string | undefined {
  return scalarAt(payload, 'repository', 'id')
}

function action(payload: Payload): string | undefined {
  return textAt(payload, 'action')
}

/** What follows the last `/` of a URL, its fragment included. */
function lastPathPortion(url: string | undefined): string | undefined {
  return url?.slice(url.lastIndexOf('/') + 1)
}

function pageNames(payload: Payload): string | undefined {
  const pages = memberAt(payload, 'pages')
  if (!Array.isArray(pages)) return undefined
  return pages.flatMap((page) => textAt(page as Payload, 'page_name') ?? []).join(',')
}
