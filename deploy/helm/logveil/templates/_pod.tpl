{{/* The pod, which a daemonset and a deployment share. */}}
{{- define "logveil.pod" -}}
metadata:
  labels:
    {{- include "logveil.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Other settings are other pods: nothing is watched inside of them.
    checksum/config: {{ toYaml .Values.config | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "logveil.serviceAccount" . }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- if .Values.hostLogs }}
    runAsUser: 0
    {{- else }}
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    {{- end }}
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: logveil
      image: "{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}"
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [run, -c, /etc/logveil/logveil.yaml]
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
          {{- if .Values.hostLogs }}
          add: [DAC_READ_SEARCH]
          {{- end }}
      env:
        - name: LOGVEIL_ADMIN_TOKEN
          valueFrom: { secretKeyRef: { name: {{ include "logveil.adminSecret" . }}, key: token } }
        - name: NODE_NAME
          valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
        - name: POD_NAME
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        {{- with .Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        {{- range .Values.ports }}
        - { name: {{ .name }}, containerPort: {{ .port }}, protocol: {{ default "TCP" .protocol }} }
        {{- end }}
        - { name: admin, containerPort: {{ .Values.admin.port }}, protocol: TCP }
      startupProbe:
        httpGet: { path: /health, port: admin }
        periodSeconds: 1
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /health, port: admin }
        periodSeconds: 10
        timeoutSeconds: 3
      readinessProbe:
        httpGet: { path: /ready, port: admin }
        periodSeconds: 5
        timeoutSeconds: 3
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - { name: config, mountPath: /etc/logveil, readOnly: true }
        - { name: state, mountPath: /var/lib/logveil }
        - { name: tmp, mountPath: /tmp }
        {{- if .Values.hostLogs }}
        - { name: logs, mountPath: /var/log, readOnly: true }
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap: { name: {{ include "logveil.fullname" . }} }
    - name: tmp
      emptyDir: {}
    - name: state
      {{- if eq .Values.state.kind "hostPath" }}
      hostPath: { path: {{ .Values.state.hostPath }}, type: DirectoryOrCreate }
      {{- else if eq .Values.state.kind "claim" }}
      persistentVolumeClaim: { claimName: {{ required "state.claim: name the PersistentVolumeClaim" .Values.state.claim }} }
      {{- else }}
      emptyDir: {}
      {{- end }}
    {{- if .Values.hostLogs }}
    - name: logs
      hostPath: { path: /var/log, type: Directory }
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- else }}
  {{- if eq .Values.kind "deployment" }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "logveil.selector" . | nindent 10 }}
  {{- end }}
  {{- end }}
{{- end -}}
