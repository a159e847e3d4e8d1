/**
 * The environment variable by which a launched process, and what that starts, is recognised. Its value is the folder of
 * the launch.
 */
export const launchMarker = 'SPARKDECK_LAUNCH';
