{{/* What would otherwise fail later, in the cluster, or be open without anybody noticing. */}}
{{- define "agentmesh.checks" -}}
{{- $v := .Values -}}
{{- if and (not $v.image.registry) (not $v.development.enabled) -}}
{{- fail "image.registry is not set: push the images to a registry that the cluster pulls from (docs/howto-run.md, Run it on Kubernetes) and name it, such as --set image.registry=ghcr.io/you." -}}
{{- end -}}
{{- if eq ($v.image.tag | default .Chart.AppVersion) "latest" -}}
{{- fail "image.tag is latest, which is another image tomorrow: name a version." -}}
{{- end -}}
{{- if not (has $v.auth.mode (list "ApiKey" "Jwt")) -}}
{{- fail "auth.mode is not set: the gateway is not installed without authentication. Set auth.mode=ApiKey or auth.mode=Jwt." -}}
{{- end -}}
{{- if eq $v.auth.mode "Jwt" -}}
{{- if eq (empty $v.auth.jwt.authority) (empty $v.auth.jwt.jwksConfigMap) -}}
{{- fail "auth.mode is Jwt: set auth.jwt.authority or auth.jwt.jwksConfigMap, and not both." -}}
{{- end -}}
{{- if and $v.auth.jwt.jwksConfigMap (not $v.auth.jwt.issuer) -}}
{{- fail "auth.jwt.jwksConfigMap needs auth.jwt.issuer, the iss of the tokens." -}}
{{- end -}}
{{- if not $v.auth.jwt.audience -}}
{{- fail "auth.mode is Jwt: set auth.jwt.audience; tokens for other services must not open this one." -}}
{{- end -}}
{{- end -}}
{{- if eq (empty $v.redis.host) (not $v.redis.bundled.enabled) -}}
{{- fail "Set redis.host to the HOST:PORT of your Redis, or, in development, redis.bundled.enabled=true; not both." -}}
{{- end -}}
{{- if and $v.redis.bundled.enabled (not $v.development.enabled) -}}
{{- fail "redis.bundled is one Redis without a replica, for development: its node is the end of everything. Set redis.host, or development.enabled=true where nothing matters." -}}
{{- end -}}
{{- if and (eq $v.facilitator.mode "simulated") (not $v.development.enabled) -}}
{{- fail "facilitator.mode is simulated: whoever it says has paid has paid nothing. It is for development.enabled=true." -}}
{{- end -}}
{{- if and (eq $v.facilitator.mode "endpoint") (not $v.facilitator.baseUrl) -}}
{{- fail "facilitator.mode is endpoint: set facilitator.baseUrl to the https address of a facilitator." -}}
{{- end -}}
{{- if and (ne $v.encryption.tenants "none") (not $v.encryption.keysSecret) -}}
{{- fail "encryption.tenants is set: set encryption.keysSecret too." -}}
{{- end -}}
{{- if and (ne $v.responder.provider "echo") (not $v.responder.model) -}}
{{- fail "responder.provider is set: set responder.model too." -}}
{{- end -}}
{{- if $v.ingress.enabled -}}
{{- if or (not $v.ingress.hosts) (not $v.ingress.tlsSecret) -}}
{{- fail "ingress.enabled: set ingress.hosts and ingress.tlsSecret; tokens are in every request." -}}
{{- end -}}
{{- end -}}
{{- range $app, $settings := merge (dict "defaults" $v.defaults) $v.apps -}}
{{- $names := keys (default dict $settings.env) -}}
{{- range $settings.secretEnv -}}{{- $names = append $names .name -}}{{- end -}}
{{- range $names -}}
{{- if regexMatch "(?i)^(aspnetcore_|dotnet_environment$|agentmesh__auth__|app_port$|app_api_token$|dapr_)" . -}}
{{- fail (printf "%s cannot be set by env: the chart sets it, or Dapr does, and a second one could open what the chart closes." .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
