/** Apart from the paths of other dialects, some of which begin with /api/v1. */
export const nativePrefix = '/api/sparkdeck/v1';
