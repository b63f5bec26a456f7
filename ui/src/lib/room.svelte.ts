/** The rooms of the window, and which of them is shown. The address carries it, so that back works. */
export const ROOMS = ["passkeys", "virtual-key", "lab", "settings", "vault"] as const;
export type Room = (typeof ROOMS)[number];

class Place {
  room = $state<Room>(roomOf(window.location.hash));

  constructor() {
    window.addEventListener("hashchange", () => (this.room = roomOf(window.location.hash)));
  }

  go(room: Room): void {
    window.location.hash = room;
    this.room = room;
  }
}

function roomOf(hash: string): Room {
  return ROOMS.find((room) => `#${room}` === hash) ?? "passkeys";
}

export const place = new Place();
