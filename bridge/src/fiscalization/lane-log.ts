/** Where the lane tells engineers what happened; composed in main. */
export type LaneLog = (
  level: "info" | "warn" | "error",
  message: string,
  data?: Readonly<Record<string, unknown>>,
) => void;

export const noLog: LaneLog = () => undefined;
