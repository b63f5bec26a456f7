/** What goes wrong in the fake backend, in the words of the real one. */
import type { AppError } from "./index";

export const NO_PASSKEY: AppError = {
  code: "not-found",
  message: "The vault holds no such passkey.",
  hint: "Look at the list again.",
};

export const OCCUPIED: AppError = {
  code: "usage",
  message: "Another passkey for the same account stands in its place.",
  hint: "Let the two trade places: the other one is put aside and can be restored in turn.",
};

export const LOCKED: AppError = {
  code: "locked",
  message: "The vault is locked.",
  hint: "Unlock it and try again.",
};

export const WRONG_PASSPHRASE: AppError = {
  code: "wrong-secret",
  message: "That passphrase does not open this vault.",
  hint: "Check the keyboard layout and Caps Lock, then try again.",
};

export const WRONG_RECOVERY_KEY: AppError = {
  code: "wrong-secret",
  message: "This recovery key does not open the vault.",
  hint: "Use the recovery key that was printed for this vault.",
};

export const NO_KEY: AppError = {
  code: "device-gone",
  message: "No security key is plugged in.",
  hint: "Plug one in and try again.",
};

export const PIN_NEEDED: AppError = {
  code: "pin-needed",
  message: "The key at /dev/hidraw1 wants its PIN. 8 tries are left.",
  hint: "Type the PIN of the key.",
};

export const WRONG_PIN: AppError = {
  code: "wrong-secret",
  message: "The PIN of the key is wrong. 7 tries are left.",
  hint: "Type it again.",
  ctapStatus: 0x31,
};

export const TAKEN_BACK: AppError = {
  code: "refused",
  message: "You took the request back; nothing was changed.",
  hint: null,
};

export const GONE: AppError = {
  code: "not-found",
  message:
    "This question is not open any more: it was answered, withdrawn by the browser, or its time was over.",
  hint: "Start again in the browser.",
};

export const NO_UHID: AppError = {
  code: "no-permission",
  message: "The virtual key did not start: you may not open /dev/uhid.",
  hint:
    "Install the rule that comes with Latchkey, then start again:\n" +
    "`sudo cp 70-latchkey-uhid.rules /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger /dev/uhid`",
};

export const PORT_IN_USE: AppError = {
  code: "busy",
  message: "The lab did not start: port 8317 is used by another program.",
  hint: "Stop that program, or run `latchkey lab serve --port 8318` for another port.",
};
