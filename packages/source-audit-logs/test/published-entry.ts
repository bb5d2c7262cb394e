/** An entry of an audit log, in the shape of Google's documentation (Cloud Logging, "Understanding audit logs"). */
export const entry = {
  insertId: '-8xs2k3e1cwq4',
  logName: 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2021-02-26T19:13:55.749123Z',
  resource: { type: 'gce_instance', labels: { project_id: 'acme', zone: 'us-central1-a' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'compute.googleapis.com',
    methodName: 'v1.compute.instances.insert',
    resourceName: 'projects/acme/zones/us-central1-a/instances/first',
    authenticationInfo: { principalEmail: 'who@acme.example' },
  },
}
