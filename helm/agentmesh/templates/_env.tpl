{{/* The settings of an app. Context: a dict with root, app and settings (what `agentmesh.app` answers). */}}
{{- define "agentmesh.env" -}}
{{- $v := .root.Values -}}
- { name: APP_PORT, value: {{ get (include "agentmesh.ports" .root | fromYaml) .app | toString | quote }} }
- { name: ASPNETCORE_ENVIRONMENT, value: Production }
# Shown to the sidecar, and by it: the same Secrets as in the annotations.
- name: DAPR_API_TOKEN
  valueFrom: { secretKeyRef: { name: {{ $v.dapr.apiTokenSecret }}, key: token } }
- name: APP_API_TOKEN
  valueFrom: { secretKeyRef: { name: {{ $v.dapr.appTokenSecret }}, key: token } }
- { name: OTEL_SERVICE_NAME, value: {{ .app }} }
{{- if $v.metrics.serviceMonitor.enabled }}
- { name: OTEL_EXPORTER_PROMETHEUS_PORT, value: "9464" }
{{- end }}
{{- with $v.telemetry.otlp }}
{{- if .endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }} }
- { name: OTEL_EXPORTER_OTLP_PROTOCOL, value: {{ .protocol }} }
{{- end }}
{{- end }}
{{- if ne .app "facilitator" }}
- { name: AgentMesh__Payments__Network, value: {{ $v.payments.network | quote }} }
- { name: AgentMesh__Payments__Asset, value: {{ $v.payments.asset | quote }} }
{{- end }}
{{- include (printf "agentmesh.env.%s" .app) .root }}
{{- range $name, $value := .settings.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- range .settings.secretEnv }}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .existingSecret }}, key: {{ .key }} } }
{{- end }}
{{- end }}

{{- define "agentmesh.env.gateway" }}
{{- with .Values.auth }}
- { name: AgentMesh__Auth__Mode, value: {{ .mode }} }
{{- if eq .mode "ApiKey" }}
- name: AgentMesh__Auth__BootstrapKey
  valueFrom: { secretKeyRef: { name: {{ .bootstrapKey.existingSecret }}, key: {{ .bootstrapKey.key }} } }
{{- else }}
{{- with .jwt }}
{{- if .authority }}
- { name: AgentMesh__Auth__Jwt__Authority, value: {{ .authority | quote }} }
{{- else }}
- { name: AgentMesh__Auth__Jwt__JwksFile, value: /etc/agentmesh/jwks/jwks.json }
- { name: AgentMesh__Auth__Jwt__Issuer, value: {{ .issuer | quote }} }
{{- end }}
- { name: AgentMesh__Auth__Jwt__Audience, value: {{ .audience | quote }} }
- { name: AgentMesh__Auth__Jwt__Algorithms, value: {{ .algorithms | quote }} }
- { name: AgentMesh__Auth__Jwt__UserClaim, value: {{ .userClaim | quote }} }
- { name: AgentMesh__Auth__Jwt__TenantClaim, value: {{ .tenantClaim | quote }} }
{{- with .tenant }}
- { name: AgentMesh__Auth__Jwt__Tenant, value: {{ . | quote }} }
{{- end }}
- { name: AgentMesh__Auth__Jwt__UserScope, value: {{ .userScope | quote }} }
- { name: AgentMesh__Auth__Jwt__AdminScope, value: {{ .adminScope | quote }} }
- { name: AgentMesh__Auth__Jwt__OperatorScope, value: {{ .operatorScope | quote }} }
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.gateway.proxies }}
- { name: AgentMesh__Edge__Proxies, value: {{ join "," . | quote }} }
{{- end }}
{{- with .Values.gateway.corsOrigins }}
- { name: AgentMesh__Cors__Origins, value: {{ join "," . | quote }} }
{{- end }}
{{- end }}

{{- define "agentmesh.env.agents" }}
{{- $store := .Values.secretStore.name }}
{{- with .Values.wallets }}
- { name: AgentMesh__Wallets__Provider, value: {{ .provider }} }
{{- if eq .provider "local" }}
- { name: AgentMesh__Wallets__KeysSecret, value: {{ printf "%s/%s/keys" $store .keysSecret }} }
{{- else if eq .provider "crossmint" }}
- { name: AgentMesh__Wallets__Crossmint__ApiKeySecret, value: {{ printf "%s/%s/api-key" $store .crossmint.apiKeySecret }} }
- { name: AgentMesh__Wallets__Crossmint__BaseUrl, value: {{ .crossmint.baseUrl | quote }} }
{{- end }}
{{- end }}
{{- with .Values.encryption }}
{{- if .keysSecret }}
- { name: AgentMesh__Encryption__Tenants, value: {{ .tenants | quote }} }
- { name: AgentMesh__Encryption__KeysSecret, value: {{ printf "%s/%s/keys" $store .keysSecret }} }
{{- end }}
{{- end }}
{{- with .Values.responder }}
- { name: AgentMesh__Responder__Provider, value: {{ .provider }} }
{{- if ne .provider "echo" }}
- { name: AgentMesh__Responder__Model, value: {{ .model | quote }} }
{{- with .endpoint }}
- { name: AgentMesh__Responder__Endpoint, value: {{ . | quote }} }
{{- end }}
- { name: AgentMesh__Responder__ApiKeySecret, value: {{ if .apiKeySecret }}{{ printf "%s/%s/api-key" $store .apiKeySecret }}{{ else }}none{{ end }} }
{{- range $n, $price := .prices }}
- { name: AgentMesh__Responder__Prices__{{ $n }}__Model, value: {{ $price.model | quote }} }
- { name: AgentMesh__Responder__Prices__{{ $n }}__Input, value: {{ $price.input | quote }} }
- { name: AgentMesh__Responder__Prices__{{ $n }}__Output, value: {{ $price.output | quote }} }
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "agentmesh.env.payments" }}
{{- if eq .Values.facilitator.mode "simulated" }}
# Of the simulated facilitator, which answers a repeated order with the transaction of the first, and has the chain.
- { name: AgentMesh__Payments__SettleIsIdempotent, value: "true" }
- { name: AgentMesh__Payments__RpcApp, value: facilitator }
{{- else }}
- { name: AgentMesh__Payments__SettleIsIdempotent, value: {{ .Values.payments.settleIsIdempotent | quote }} }
{{- with .Values.payments.rpcUrl }}
{{- if .existingSecret }}
- name: AgentMesh__Payments__RpcUrl
  valueFrom: { secretKeyRef: { name: {{ .existingSecret }}, key: {{ .key }} } }
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "agentmesh.env.facilitator" }}
- { name: AgentMesh__Facilitator__AllowSimulation, value: "true" }
{{- end }}
