/**
 * Subject and extensions of GitHub's published examples, each event by its place among the examples of its
 * type; each row was read against the rules.
 */
export const expectedAttributes = `
branch_protection_rule/0: subject=17273051, owner=octo-org, repository=octo-repo, sender=Codertocat, action=edited
check_run/0: subject=128620228, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
check_run/6: subject=1494503112, owner=electron, repository=electron, sender=codebytere, action=requested_action, installation=690857
check_suite/0: subject=118578147, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=completed
code_scanning_alert/0: subject=186853002, owner=Codertocat, repository=Hello-World, sender=github, action=reopened, ref=refs/heads/main
code_scanning_alert/2: subject=337911632, owner=Codertocat, repository=Hello-World, sender=github, action=created, ref=refs/heads/code-feature, installation=14662836
commit_comment/0: subject=6113728f27ae82c7b1a177c8d03f9e96e0adf246#commitcomment-33548674, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
create/0: subject=tag, owner=Codertocat, repository=Hello-World, sender=Codertocat, ref=simple-tag
delete/0: subject=tag, owner=Codertocat, repository=Hello-World, sender=Codertocat, ref=simple-tag
dependabot_alert/0: subject=1296269, owner=octocat, repository=hello-world, sender=github, action=fixed
dependabot_alert/1: subject=512875663, owner=wolfy1339, repository=pika-pack, sender=github, action=created, installation=13986380
deploy_key/0: subject=135493233, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
deployment/0: subject=145988746, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
deployment_review/0: subject=616901961, owner=terraform-test-github, repository=sample-app, sender=ilmax, action=requested, installation=35490125
deployment_status/0: subject=145988746, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
discussion/0: subject=3297442, owner=octo-org, repository=octo-repo, sender=Codertocat, action=created
discussion/6: subject=3299614, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=labeled, label=bug, installation=1
discussion_comment/0: subject=17273051, owner=octo-org, repository=octo-repo, sender=Codertocat, action=created
fork/0: subject=186853261, owner=Codertocat, repository=Hello-World, sender=Octocoders
github_app_authorization/0: sender=octocat, action=revoked
gollum/0: subject=Home, owner=Codertocat, repository=Hello-World, sender=rachmari
installation/0: subject=2, sender=octocat, action=deleted, installation=2
installation_repositories/0: subject=957387, sender=Codertocat, action=added, installation=957387
issue_comment/0: subject=1#issuecomment-492700400, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
issues/0: subject=1, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=edited
issues/1: subject=1, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=assigned, assignee=Codertocat
issues/9: subject=1, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=labeled, label=bug
label/0: subject=:bug: Bugfix, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=deleted, label=:bug: Bugfix
marketplace_purchase/0: sender=username, action=purchased
member/0: subject=39652351, owner=Codertocat, repository=Hello-World, sender=hacktocat, action=added
membership/0: subject=21031067, owner=Octocoders, sender=Codertocat, action=removed, scope=team
merge_group/0: subject=17273051, owner=octo-org, repository=octo-repo, sender=Codertocat, action=checks_requested, installation=1
meta/0: subject=135493233, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=deleted
milestone/0: subject=1, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
organization/0: subject=member_added, owner=Octocoders, sender=Codertocat, action=member_added
org_block/0: subject=blocked, owner=Octocoders, sender=Octocoders, action=blocked
package/0: subject=10696, owner=Codertocat, repository=hello-world-npm, sender=Codertocat, action=published
page_build/0: subject=130514899, owner=Codertocat, repository=Hello-World, sender=Codertocat
ping/0: subject=186853261, owner=Octocoders, repository=Hello-World, sender=Codertocat
ping/3: owner=Octocoders, sender=Codertocat
project/0: subject=created, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
project_card/0: subject=created, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
project_column/0: subject=created, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
projects_v2_item/0: subject=15, owner=github, sender=monalisa, action=created
projects_v2_item/2: subject=5679898, owner=Octocoders, sender=Codertocat, action=converted, installation=1
public/0: subject=186853002, owner=Codertocat, repository=Hello-World, sender=Codertocat
pull_request/0: subject=2, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=opened, number=2
pull_request/1: subject=2, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=assigned, assignee=Codertocat, installation=1, number=2
pull_request/8: subject=2, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=labeled, label=bug, installation=1, number=2
pull_request_review/0: subject=237895671, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=submitted, review=commented
pull_request_review/1: subject=237895671, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=dismissed, review=dismissed, installation=1
pull_request_review_comment/0: subject=284312630, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
pull_request_review_thread/0: subject=280886604, owner=octo-org, repository=octo-repo, sender=octocat, action=resolved
push/0: subject=simple-tag, owner=Codertocat, repository=Hello-World, sender=Codertocat, ref=refs/tags/simple-tag, pusher=Codertocat, created=true, deleted=false, forced=false
push/3: subject=6113728f27ae...000000000000, owner=Codertocat, repository=Hello-World, sender=Codertocat, ref=refs/tags/simple-tag, pusher=Codertocat, installation=1, created=false, deleted=true, forced=false
release/0: subject=0.0.1, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=published
release/3: subject=0.0.1, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created, installation=1
repository_dispatch/0: subject=17273051, owner=octo-org, repository=octo-repo, sender=Codertocat, action=on-demand-test, installation=375706
repository/0: subject=186853002, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=publicized
repository_import/0: subject=135493233, owner=Codertocat, repository=Hello-World, sender=Codertocat
repository_vulnerability_alert/0: subject=91095730, owner=Codertocat, repository=Hello-World, sender=github, action=create
security_advisory/0: subject=GHSA-rf4j-j272-fj86, action=published
sponsorship/0: sender=monalisa, action=created
star/0: subject=186853002, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=created
status/0: subject=6113728f27ae82c7b1a177c8d03f9e96e0adf246, owner=Codertocat, repository=Hello-World, sender=Codertocat, state=success, name=Codertocat/Hello-World, context=default
team/0: subject=3253328, owner=Octocoders, repository=Hello-World, sender=Codertocat, action=added_to_repository
team/2: subject=3253328, owner=Octocoders, sender=Codertocat, action=created, installation=1
team_add/0: subject=186853261, owner=Octocoders, repository=Hello-World, sender=Octocoders
watch/0: subject=186853002, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=started
workflow_dispatch/0: subject=6811672, owner=octo-org, repository=octo-repo, sender=octocat, ref=refs/heads/main
workflow_job/0: subject=2832853555, owner=octo-org, repository=example-workflow, sender=octocat, action=in_progress
workflow_job/3: subject=289782451, owner=Octocoders, repository=Hello-World, sender=Codertocat, action=in_progress, installation=1
workflow_run/0: subject=1589141559, owner=Codertocat, repository=Hello-World, sender=Codertocat, action=completed
`
