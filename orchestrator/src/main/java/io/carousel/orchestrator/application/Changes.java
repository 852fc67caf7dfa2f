package io.carousel.orchestrator.application;

import io.carousel.events.AuthorityName;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Wakes those who wait for news of an authority when something was said of it, and of nothing else:
 * thousands may wait for one while hosts are enrolled by the second. Thread-safe.
 */
final class Changes {
  private final Supplier<House> house;
  private final Map<AuthorityName, Room> rooms = new ConcurrentHashMap<>();

  /** Where the callers of one authority wait; the authority as it was when they were last woken. */
  private static final class Room {
    private final Lock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private Optional<Authority> known;

    Room(Optional<Authority> known) {
      this.known = known;
    }
  }

  /** Of the house as it is at each call. */
  Changes(Supplier<House> house) {
    this.house = house;
  }

  /** The log has grown; does not block. */
  void grown() {
    House now = house.get();
    rooms.forEach((name, room) -> wake(room, now.authority(name)));
  }

  private static void wake(Room room, Optional<Authority> now) {
    room.lock.lock();
    try {
      if (!isSame(room.known, now)) {
        room.known = now;
        room.woken.signalAll();
      }
    } finally {
      room.lock.unlock();
    }
  }

  /** An authority is a value that is made anew by each event about it. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(Optional<Authority> one, Optional<Authority> other) {
    return one.orElse(null) == other.orElse(null);
  }

  /**
   * Waits until the authority is another than that.
   *
   * @return whether it is
   */
  boolean await(AuthorityName name, Optional<Authority> seen, Duration wait)
      throws InterruptedException {
    Room room = rooms.computeIfAbsent(name, n -> new Room(house.get().authority(n)));
    room.lock.lock();
    try {
      long left = wait.toNanos();
      while (isSame(seen, house.get().authority(name))) {
        if (left <= 0) {
          return false;
        }
        left = room.woken.awaitNanos(left);
      }
      return true;
    } finally {
      room.lock.unlock();
    }
  }
}
