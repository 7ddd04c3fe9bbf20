/** Whether `CL_TORCH_OFFLINE` forbids every use of the network (set, and neither empty, `0` nor `false`). */
export function isOffline(): boolean {
  return !['', '0', 'false'].includes(process.env.CL_TORCH_OFFLINE ?? '');
}
