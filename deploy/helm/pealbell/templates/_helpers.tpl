{{- define "pealbell.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Room is left for `-` and the name of an entry of processes: names have at most 63 characters. */}}
{{- define "pealbell.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "pealbell.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "pealbell.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pealbell.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pealbell.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pealbell.labels" -}}
{{ include "pealbell.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The port of an address such as 0.0.0.0:8080 or [::]:8080. */}}
{{- define "pealbell.port" -}}
{{- splitList ":" . | last -}}
{{- end -}}

{{/*
What the program would refuse, or could not see by itself. Devices are found over a bus; without one between processes, a
second process of theirs would not find those of the first.
*/}}
{{- define "pealbell.checkProcesses" -}}
{{- $hasBus := dig "bus" "url" "" .Values.config -}}
{{- $hasApi := false -}}
{{- range $name, $process := .Values.processes -}}
{{- $scaling := $process.autoscaling | default dict -}}
{{- if $process.enabled -}}
{{- if has "api" $process.roles -}}{{- $hasApi = true -}}{{- end -}}
{{- if and (has "connector" $process.roles) (not $hasBus) (or $scaling.enabled (gt (int $process.replicas) 1)) -}}
{{- fail (printf "processes.%s: devices connect to one process only, so with the role connector set replicas to 1 and autoscaling.enabled to false." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $hasApi -}}
{{- fail "processes: enable an entry whose roles have api; nobody could send otherwise." -}}
{{- end -}}
{{- range $app, $settings := .Values.apps -}}
{{- if and (hasKey $settings "realtime") (not $hasBus) -}}
{{- range $name, $process := $.Values.processes -}}
{{- if and $process.enabled (not (and (has "api" $process.roles) (has "worker" $process.roles) (has "connector" $process.roles))) -}}
{{- fail (printf "processes.%s: the app %s has a realtime section, so one entry must have the roles api, worker and connector; set enabled of the others to false." $name $app) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
