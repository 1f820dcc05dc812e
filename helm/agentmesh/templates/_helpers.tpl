{{/* The ports of dapr/dapr.yaml, which a test holds them to. */}}
{{- define "agentmesh.ports" -}}
agents: 8081
facilitator: 8083
gateway: 8080
payments: 8082
{{- end }}

{{/* App ids that this release has, as a list in JSON: the facilitator is among them when it is simulated. */}}
{{- define "agentmesh.appIds" -}}
{{- $ids := list "agents" "gateway" "payments" -}}
{{- if eq .Values.facilitator.mode "simulated" -}}{{- $ids = list "agents" "facilitator" "gateway" "payments" -}}{{- end -}}
{{- $ids | toJson -}}
{{- end }}

{{/* What an app has: `defaults`, and what `apps` says otherwise. Context: a dict with root and app. */}}
{{- define "agentmesh.app" -}}
{{- mustMergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (get .root.Values.apps .app)) | toJson -}}
{{- end }}

{{- define "agentmesh.fullname" -}}
{{- printf "%s-%s" .root.Release.Name .app | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "agentmesh.selectorLabels" -}}
app.kubernetes.io/name: agentmesh
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end }}

{{- define "agentmesh.labels" -}}
{{ include "agentmesh.selectorLabels" . }}
app.kubernetes.io/part-of: agentmesh
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* All pods of the release that have a sidecar. */}}
{{- define "agentmesh.meshSelector" -}}
matchLabels:
  app.kubernetes.io/name: agentmesh
  app.kubernetes.io/instance: {{ .Release.Name }}
matchExpressions:
  - { key: app.kubernetes.io/component, operator: In, values: {{ include "agentmesh.appIds" . }} }
{{- end }}

{{/* Registry, name, and digest or tag. Never `latest`. */}}
{{- define "agentmesh.image" -}}
{{- $image := .root.Values.image -}}
{{- $name := printf "%s%s" $image.prefix .app -}}
{{- if $image.registry -}}{{- $name = printf "%s/%s" (trimSuffix "/" $image.registry) $name -}}{{- end -}}
{{- with get $image.digests .app -}}
{{ $name }}@{{ . }}
{{- else -}}
{{ $name }}:{{ $image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "agentmesh.podSecurity" -}}
runAsNonRoot: true
# APP_UID of the .NET images.
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "agentmesh.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "agentmesh.redisAddress" -}}
{{- if .Values.redis.bundled.enabled -}}
{{ include "agentmesh.fullname" (dict "root" . "app" "redis") }}:6379
{{- else -}}
{{ .Values.redis.host }}
{{- end -}}
{{- end }}

{{/* Names of secrets that the agents app reads through its sidecar, as a list in JSON. */}}
{{- define "agentmesh.readSecrets" -}}
{{- $names := list -}}
{{- if eq .Values.wallets.provider "local" -}}{{- $names = append $names .Values.wallets.keysSecret -}}{{- end -}}
{{- if eq .Values.wallets.provider "crossmint" -}}{{- $names = append $names .Values.wallets.crossmint.apiKeySecret -}}{{- end -}}
{{- with .Values.encryption.keysSecret -}}{{- $names = append $names . -}}{{- end -}}
{{- with .Values.responder.apiKeySecret -}}{{- $names = append $names . -}}{{- end -}}
{{- $names | uniq | toJson -}}
{{- end }}

{{/* The same as a peer of a policy. */}}
{{- define "agentmesh.mesh-to" }}
- podSelector: {{- include "agentmesh.meshSelector" . | nindent 4 }}
{{- end }}

{{/* Where Redis is, for the components that use it. */}}
{{- define "agentmesh.redisMetadata" }}
- { name: redisHost, value: {{ include "agentmesh.redisAddress" . | quote }} }
{{- with .Values.redis }}
{{- if and .usernameKey (not .bundled.enabled) }}
- name: redisUsername
  secretKeyRef: { name: {{ .existingSecret }}, key: {{ .usernameKey }} }
{{- end }}
- name: redisPassword
  secretKeyRef: { name: {{ .existingSecret }}, key: {{ .passwordKey }} }
# The bundled one is reached inside the cluster only, by the network policy.
- { name: enableTLS, value: {{ and .tls (not .bundled.enabled) | quote }} }
{{- with .sentinelMaster }}
- { name: failover, value: "true" }
- { name: sentinelMasterName, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- end }}
