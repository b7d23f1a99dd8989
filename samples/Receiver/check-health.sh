#!/bin/bash
# Asks the receiver on this machine how it is: check-health.sh [/health | /health/ready]. Exit code 0: well. For the probes of containers, which
# have no curl.
exec 3<> "/dev/tcp/127.0.0.1/${RECEIVER_PORT:-9001}" || exit 1
printf 'GET %s HTTP/1.0\r\n\r\n' "${1:-/health}" >&3
read -r -t 5 _ status _ <&3
[ "$status" = 200 ]
