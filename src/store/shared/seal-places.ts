/** Where sealed values belong that both stores keep; a seal holds at its place alone. */

/** What feedback says. */
export function feedbackPlace(app: string, id: string): string {
  return `feedback|${app}|${id}`;
}

/** What a device told its app's server. */
export function upstreamPlace(app: string, device: string, stream: string, n: number): string {
  return `upstream|${app}|${device}|${stream}|${n}`;
}

/** As an app's server knows a message of a device. */
export function upstreamId(position: string | number): string {
  return `up_${position}`;
}
