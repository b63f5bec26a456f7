/** Every word of the window, in one place and typed, so that another language has the same shape. */
import type { Finger, FreshnessState, Quality, SlotKind } from "./backend";
import type { Sign } from "./kind";

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

const english = {
  app: "Latchkey",
  rooms: {
    passkeys: "Passkeys",
    virtualKey: "Virtual key",
    lab: "Lab",
    settings: "Settings",
    vault: "Vault",
    navigation: "Rooms",
    running: "running",
  },

  signs: {
    "device-bound": {
      name: "Device-bound",
      sentence: "Lives in this one place. Lose the place, lose the passkey.",
    },
    "not-backed-up": {
      name: "Not backed up yet",
      sentence: "Can be copied, but no copy has been confirmed.",
    },
    synced: {
      name: "Synced",
      sentence: "A confirmed copy exists. Lose this place, and the copy still signs you in.",
    },
    impossible: {
      name: "Impossible",
      sentence: "Marked as backed up but not as copyable. No authenticator may say this.",
    },
  } satisfies Record<Sign, { name: string; sentence: string }>,

  passkeys: {
    search: "Search sites, accounts, notes and tags",
    searchShort: "Search passkeys",
    clearSearch: "Clear the search",
    filterBy: "Show",
    all: "All",
    deviceBound: "Device-bound",
    synced: "Synced",
    hidden: "Hidden",
    putAside: "Trash",
    counted: (name: string, count: number) => (count === 0 ? name : `${name} ${count}`),
    list: "Passkeys",
    standings: { hidden: "hidden", replaced: "replaced", deleted: "in the trash" },
    daysLeft: (days: number) => (days === 0 ? "gone today" : `${plural(days, "day", "days")} left`),
    trashSummary: (count: number) => `${plural(count, "passkey", "passkeys")} put aside`,
    emptyTrash: "Empty the trash",
    emptyTrashTitle: "Destroy everything in the trash?",
    emptyTrashWhy: "Deleted passkeys are destroyed for good; what was replaced stays. This cannot be undone.",
    emptyTrashDo: "Destroy them for good",
    summary: (count: number, atRisk: number) =>
      plural(count, "passkey", "passkeys") + (atRisk === 0 ? "" : ` · ${atRisk} not backed up`),
    shown: (shown: number, count: number) => `${shown} of ${plural(count, "passkey", "passkeys")}`,
    choose: "Choose a passkey to see where it lives and how it is used.",
    nothingFound: "Nothing fits",
    nothingFoundWhy: "No passkey matches what you typed and chose above.",
    showAll: "Show all",
    empty: "No passkeys yet",
    emptyWhy:
      "Start a virtual key, and your browser finds it like a security key in a USB port. Then make a passkey at any site, or in the lab that runs on this computer.",
    toVirtualKey: "Go to the virtual key",
    toLab: "Go to the lab",
    noAccount: "No account name",
    neverUsed: "Never used",
    reading: "Reading the passkeys",
  },

  details: {
    label: "Passkey details",
    back: "Back to the list",
    account: "Account",
    site: "Site",
    siteClaims: (name: string) => `Calls itself “${name}”`,
    backup: "Backup",
    canCopy: "Can be copied",
    cannotCopy: "Cannot be copied",
    backedUp: "backed up",
    notBackedUp: "not backed up",
    copyTakenForOnly: (source: string) =>
      `A copy: its site takes it for device-bound, and ${source} may hold it too.`,
    counter: "Counter",
    notCounted: "Not counted",
    counts: "Goes up with every use. A site that sees it fall suspects a clone.",
    countsNothing: {
      synced: "Stays 0: copies in several places could not agree on a number.",
      "device-bound": "Nothing has been signed with it yet.",
    },
    created: "Created",
    lastUsed: "Last used",
    more: "Details",
    passkeyId: "Passkey id",
    userHandle: "User handle",
    aaguid: "AAGUID",
    aaguidWhy: "The model of the authenticator that made it.",
    algorithm: "Algorithm",
    algorithms: { ES256: "ES256 (COSE -7), ECDSA over P-256", EdDSA: "EdDSA (COSE -8), Ed25519" } as Record<
      string,
      string
    >,
    bits: "Flags",
    bitValues: (eligible: boolean, state: boolean) =>
      `BE ${eligible ? 1 : 0} backup eligible · BS ${state ? 1 : 0} backup state`,
    discoverable: "Discoverable",
    isDiscoverable: "Yes: found without typing a user name",
    isNotDiscoverable: "No: the site has to name it",
    source: "Source",
    copies: {
      backup: (since: string) => `A confirmed copy exists in an encrypted backup since ${since}.`,
      upload: (since: string) => `A confirmed copy exists where it was uploaded to since ${since}.`,
      import: (since: string, source: string) =>
        `A confirmed copy exists in the program that it came from (${source}) since ${since}.`,
      "told-by-key": (since: string) => `The key that held it said that a copy exists, on ${since}.`,
    },
    changedSince: "Names, notes, tags or blobs changed since; the copy does not have that.",
    uses: "Uses",
    notes: "Notes",
    tags: "Tags",
    hmacSecret: "hmac-secret",
    hasHmacSecret: "Yes: sites can derive secrets from it (prf)",
    noHmacSecret: "No",
    history: "History",
    historyReading: "Reading its history",
    noHistory: "Nothing is known of it.",
    edit: "Edit",
    hide: "Hide from its site",
    delete: "Move to the trash",
    deleteTitle: (site: string) => `Delete the passkey for ${site}?`,
    deleteWhy: (account: string) =>
      `${account} cannot sign in with it any more. It stays in the trash for 30 days and can be restored. The site keeps its own entry until you remove it there.`,
    deleteOnlyOne: "No copy of it exists: after these 30 days it cannot be brought back.",
    keep: "Keep it",
  },

  standing: {
    hidden: "Hidden.",
    hiddenWhy: (date: string) =>
      `No site is offered it since ${date}: its site said that it does not know it, or you hid it.`,
    replaced: "Replaced.",
    replacedWhy: (date: string) => `Another passkey of the same account took its place on ${date}.`,
    deleted: "In the trash.",
    deletedWhy: (date: string, days: number) =>
      `Since ${date}. It is destroyed in ${plural(days, "day", "days")}; until then it can be restored.`,
    show: "Offer it again",
    restore: "Restore it",
    restoreInPlace: "Let the two trade places",
    purge: "Destroy it for good",
    purgeTitle: (site: string) => `Destroy the passkey for ${site}?`,
    purgeWhy: "Its private key is gone then, here and for ever. What happened to it stays in the history.",
  },

  edit: {
    account: "Account",
    person: "Person",
    site: "Site’s name",
    tags: "Tags",
    tagsWhy: "With commas between them.",
    notes: "Notes",
    siteKeeps: "The site goes on calling the account what it calls it.",
  },

  virtualKey: {
    intro:
      "A security key made of software. While it runs, browsers on this computer find it as if it were plugged in.",
    names: {
      "device-bound": "Device-bound",
      synced: "Synced",
      "yubikey-5.7-like": "YubiKey 5.7 lookalike",
      "u2f-only": "U2F only",
      "ctap20-only": "CTAP 2.0 only",
      "fingerprint-key": "Fingerprint",
      tiny: "Tiny",
      "post-quantum": "Post-quantum",
    } as Record<string, string>,
    kinds: {
      "device-bound": {
        backup: "Cannot be backed up",
        counter: "Goes up with every use",
      },
      synced: {
        backup: "Can be backed up; “backed up” once a copy is confirmed",
        counter: "Always 0",
      },
    },
    siteSees: "What a site sees",
    backup: "Backup",
    counter: "Counter",
    start: "Start",
    stop: "Stop",
    startLabel: (name: string) => `Start the ${name} key`,
    stopLabel: (name: string) => `Stop the ${name} key`,
    stopped: "Stopped",
    running: "Running",
    starting: "Starting",
    stopping: "Stopping",
    notStarted: "Did not start",
    addresses: "Plugged in as",
    reading: "Asking the virtual keys",
  },

  lab: {
    intro:
      "A site of your own, served only to this computer. Make passkeys there, sign in with them, and see every flag and counter that a site receives.",
    start: "Start the lab",
    stop: "Stop",
    open: "Open in the browser",
    stopped: "Stopped",
    running: "Running",
    address: "Address",
    starting: "Starting the lab",
    stopping: "Stopping the lab",
    reading: "Asking the lab",
    next: "A browser needs an authenticator to make a passkey. Start a virtual key, or plug in a security key.",
  },

  prompt: {
    label: (kind: string, site: string) => (site === "" ? kind : `${kind}: ${site}`),
    kinds: {
      register: "Make a passkey",
      authenticate: "Sign in",
      notice: "A site is asking",
      verify: "Confirm that it is you",
      select: "Use this key?",
      reset: "Erase this key?",
      fingerprint: "Enrol a finger",
    },
    whatHappens: {
      register: "A new passkey is made.",
      registerNoSite: "This key becomes a second factor of a site. The program does not say of which one.",
      authenticate: "You are signed in with your passkey.",
      authenticateNoSite: "This key is your second factor at a site. The program does not say at which one.",
      noticeRegistered: "You already have a passkey for this site here. The site learns that if you go on.",
      noticeNothing: "No passkey for this site is here. The site learns that if you go on.",
      verify: "A program wants to act for you at this key.",
      verifyNoSite: "A program wants to manage the passkeys of this key.",
      select: "A program found several keys and wants to know which one you mean.",
      reset: "Every passkey of this key is deleted, and its PIN with them. This cannot be undone.",
      fingerprint: "The finger that touches the sensor is learnt, touch by touch.",
    },
    approve: {
      register: "Approve",
      authenticate: "Approve",
      notice: "Tell the site",
      verify: "Approve",
      select: "Use this key",
      reset: "Erase every passkey",
      fingerprint: "Touch the sensor",
    },
    decline: "Decline",
    claims: (name: string) => `Calls itself “${name}”`,
    account: "Account",
    chooseAccount: "Choose the account",
    noAccount: "No account name",
    via: { "device-bound": "Through the device-bound key", synced: "Through the synced key" } as Record<
      string,
      string
    >,
    viaOther: (key: string) => `Through the key “${key}”`,
    longTouch: "As by a long touch.",
    samplesLeft: (samples: number) => `${plural(samples, "good touch", "good touches")} to go.`,
    finger: "Finger on the sensor",
    fingers: {
      "right-thumb": "Right thumb",
      "right-index": "Right index finger",
      "right-middle": "Right middle finger",
      "right-ring": "Right ring finger",
      "right-little": "Right little finger",
      "left-thumb": "Left thumb",
      "left-index": "Left index finger",
      "left-middle": "Left middle finger",
      "left-ring": "Left ring finger",
      "left-little": "Left little finger",
    } satisfies Record<Finger, string>,
    quality: "How the sensor reads it",
    qualities: {
      good: "Well",
      "too-high": "Too high",
      "too-low": "Too low",
      "too-left": "Too far left",
      "too-right": "Too far right",
      "too-fast": "Too fast",
      "too-slow": "Too slow",
      poor: "Nothing to be made out",
      "too-skewed": "Too skewed",
      "too-short": "Too briefly",
      "merge-failure": "Unlike the touches before",
      "not-lifted": "Not lifted in between",
    } satisfies Record<Quality, string>,
    secrets: { passphrase: "Vault passphrase", pin: "PIN of this key" },
    typeFirst: { passphrase: "Type the vault passphrase first.", pin: "Type the PIN first." },
    triesLeft: (tries: number) => `${plural(tries, "try", "tries")} left.`,
    checking: "Checking",
    secondsLeft: (seconds: number) => `${plural(seconds, "second", "seconds")} left to answer`,
    closed: (site: string) =>
      `The question from ${site} is closed: its time was over, or the browser took it back. Start again there if you still want to.`,
    closedNoSite: "The question is closed: its time was over, or it was taken back.",
  },

  vault: {
    state: {
      absent: "No vault yet",
      locked: "Vault locked",
      open: "Vault open",
      keyMissing: "Vault key missing",
      damaged: "Vault damaged",
      newer: "Vault too new",
    },
    stateReading: "Reading the vault",
    firstTitle: "Make your vault",
    firstWhat:
      "The vault is one file on this computer that holds your passkeys. Everything in it is sealed, so whoever copies the file cannot read it.",
    firstKeys:
      "Your computer's keyring, where there is one, opens it for you when you log in. The passphrase is the second way in, and works without the keyring.",
    folder: "Folder",
    passphrase: "Vault passphrase",
    again: "The same passphrase again",
    create: "Create the vault",
    creating: "Sealing the vault. This takes a moment on purpose",
    noMatch: "The two are not the same.",
    strength: {
      none: "Four or more random words are easy to type and hard to guess.",
      short: "Short: quickly guessed.",
      fair: "Fair: a few more characters make it much harder to guess.",
      good: "Good length.",
      long: "Long: hard to guess.",
    },
    cannotReset: "Nobody can reset it for you. Write it down and keep it safe.",
    lockedTitle: "The vault is locked",
    lockedWhat: "Its passkeys are sealed until you unlock it.",
    lockedBy: {
      owner: "Somebody locked it by hand.",
      idle: "Nobody had used it for a while.",
      screen: "The screen was locked.",
      sleep: "The computer went to sleep.",
    },
    keysAway: (count: number) =>
      count === 1
        ? "The virtual key that ran comes back with it."
        : `The ${count} virtual keys that ran come back with it.`,
    unlock: "Unlock",
    unlocking: "Unlocking. This takes a moment on purpose",
    byKeyring: "Unlock with the keyring",
    keyMissingTitle: "The keyring has lost the vault's key",
    keyMissingWhat: "The vault is whole, but your computer's keyring no longer holds the key to it.",
    keyMissingPassphrase: "Your passphrase still opens it.",
    keyMissingNothing:
      "Log in to the keyring that held it, or bring that keyring back from a backup. Then look again.",
    damagedTitle: "The vault cannot be read",
    damagedWhat: "Its file is damaged. Nothing was written to it.",
    damagedNext: "Put a copy of the file from a backup into the folder below, then look again.",
    newerTitle: "The vault is newer than this Latchkey",
    newerWhat: "A later version made it. Nothing was written to it.",
    newerNext: "Install the newest Latchkey, then look again.",
    lookAgain: "Look again",
    title: "Vault",
    openWhat: "Passkeys can be used and listed until you lock it.",
    openedBy: "Opened by",
    memory: "Memory",
    memoryClosed: "Closed to your other programs; a crash leaves no file of it",
    memoryOpen: "Open to your other programs, or to a file that a crash leaves",
    noSwap: "Its keys are never written to the swap space",
    mayBeSwapped: (why: string) => `Its keys may be written to the swap space: ${why}`,
    lock: "Lock the vault",
  },

  slots: {
    title: "What opens it",
    what: "Any one of these opens the vault. Two that lie in two places keep you from being locked out.",
    kinds: {
      passphrase: {
        name: "Passphrase",
        add: "Another passphrase",
        do: "Add the passphrase",
        what: "A second passphrase, for example of somebody you share this vault with.",
        labelWhy: "Such as whose it is.",
      },
      keyring: {
        name: "Keyring of this computer",
        add: "This computer’s keyring",
        do: "Give it to the keyring",
        what: "Opens the vault when you log in to this computer. Whoever is logged in as you can use your passkeys.",
        labelWhy: "It is named after this computer.",
      },
      "security-key": {
        name: "Security key",
        add: "A security key",
        do: "Add the key",
        what: "A key that you plug in and touch, by its hmac-secret extension. It verifies you by PIN or finger, so that nobody who finds it opens the vault.",
        labelWhy: "Such as its colour, or where it lies.",
      },
      recovery: {
        name: "Recovery key",
        add: "A recovery key",
        do: "Make the recovery key",
        what: "A key on paper. It opens the vault, and every backup made from then on, when all else is lost.",
        labelWhy: "Such as where you keep the sheet.",
      },
    } satisfies Record<SlotKind, Record<"name" | "add" | "do" | "what" | "labelWhy", string>>,
    named: (kind: string, label: string) => (label === "" || label === kind ? kind : `${kind} “${label}”`),
    add: "Add another way in",
    label: "Your name for it",
    save: "Save",
    cancel: "Cancel",
    since: (date: string) => `since ${date}`,
    sinceUnknown: "from an earlier version",
    outdated: "Unlock the vault with it once, or remove it: a new vault key cannot reach it.",
    openedIt: "Opened it",
    rename: (name: string) => `Rename ${name}`,
    last: "The last one stays: nothing else would open the vault.",
    remove: "Remove",
    removeLabel: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeDo: {
      passphrase: "Forget this passphrase",
      keyring: "Take it out of the keyring",
      "security-key": "Forget this key",
      recovery: "Make the sheet worthless",
    } satisfies Record<SlotKind, string>,
    removeWhy: {
      passphrase: "This passphrase opens the vault no more.",
      keyring: "Logging in opens the vault no more: you are asked for another way in each time.",
      "security-key": "This key opens the vault no more. What else is on the key stays.",
      recovery: "What is printed opens this vault no more. Backups made until now it still opens.",
    } satisfies Record<SlotKind, string>,
    removeNewKey: "The vault gets a new key, so an old copy of the file does not help it either.",
    keep: "Keep it",
    newPassphrase: "New passphrase",
    askKey: "Ask the key",
    pin: "PIN of the security key",
    touch: "Touch the key when it blinks",
    touchTwice:
      "Touch the key when it blinks, and once more: first it makes a credential, then it shows that it opens the vault",
    sheetTitle: "Your recovery key",
    sheetWhat:
      "It is shown this once. It opens this vault, and every backup made from now on, without anything else.",
    sheetKey: "The recovery key",
    sheetKeep:
      "Print it or write it down, and keep it away from this computer: in a safe, or with somebody you trust with every account. Spaces and lower case do not matter.",
    sheetMade: (date: string) =>
      `Latchkey recovery key, made ${date}. The stock program age opens a backup with it.`,
    print: "Print the sheet",
    kept: "I have kept it",
    sheetClose: "Hide it for good",
    bySecurityKey: "Unlock with a security key",
    byRecovery: "Unlock with a recovery key",
    recoveryKey: "Recovery key",
    unlockRecovery: "Unlock",
    age: "Age of the file",
    ages: {
      "not-kept": "Not checked: no keyring remembers this vault",
      unchecked: "Not checked",
      newest: "The newest that the keyring knows",
      "older-copy": "An older copy",
    } satisfies Record<FreshnessState, string>,
    olderTitle: "This is an older copy of your vault",
    olderWhat: (missing: number) =>
      `The keyring remembers a newer one: ${plural(missing, "change is", "changes are")} missing here. Nothing is written to it, so that the newer one can still be put back.`,
    olderNext: "Put the newer file back into the folder below. Only if it is lost, go on with this one.",
    olderAccept: "Go on with the older copy",
    olderAcceptTitle: "Go on with the older copy?",
    olderAcceptWhy: (missing: number) =>
      `${plural(missing, "change", "changes")} made since are given up: passkeys that were made then are lost, and those deleted then are back.`,
    olderKeep: "Leave it alone",
  },

  settings: {
    verification: "When a site asks who you are",
    verificationWhy:
      "Some sites want to know that it is you, not only that somebody is there. This is what counts as proof.",
    options: {
      passphrase: {
        name: "Type the vault passphrase",
        why: "In every such question. A key that has a PIN asks for its PIN instead.",
      },
      "vault-open": {
        name: "The vault is open",
        why: "Approving is enough. Whoever sits at this unlocked computer can sign in.",
      },
    },
    autoLock: "Lock the vault",
    autoLockWhy:
      "A locked vault has no keys: they leave the computer's ports until you unlock it, and sites find nothing there.",
    idle: "When nobody has used it for",
    minutes: (count: number) =>
      count === 0
        ? "never"
        : count < 60
          ? plural(count, "minute", "minutes")
          : plural(count / 60, "hour", "hours"),
    screen: "When the screen locks",
    sleep: "When the computer goes to sleep",
    reopen: "After that it opens",
    reopenWays: {
      ask: {
        name: "when you ask",
        why: "With one click, by the keyring of this computer, or by the passphrase.",
      },
      screen: {
        name: "with the screen",
        why: "By itself when you unlock the screen, where the keyring holds its key. Else when you ask.",
      },
      passphrase: {
        name: "by the passphrase alone",
        why: "The keyring does not count, and other programs of Latchkey lock with this one.",
      },
    },
    saved: "Saved.",
    reading: "Reading the settings",
  },

  shared: {
    details: "Details",
    code: (code: string, status: number | null) =>
      status === null ? `Code: ${code}` : `Code: ${code}, status 0x${status.toString(16).padStart(2, "0")}`,
    copy: (what: string) => `Copy ${what}`,
    copied: "Copied",
    command: "the command",
    dismiss: "Dismiss",
    tryAgain: "Try again",
    show: "Show what is typed",
    hide: "Hide what is typed",
    failed: "That did not work.",
    backendGone: "Latchkey did not answer.",
  },

  time: { now: "just now" },
};

/** The shape that every language has. */
export type Text = typeof english;

/** The words of the chosen language. */
export const text: Text = english;
