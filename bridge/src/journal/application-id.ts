/** `PRAGMA application_id` of a journal since schema 1.2: "OERP". */
export const APPLICATION_ID = 0x4f_45_52_50;
