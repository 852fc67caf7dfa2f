package io.carousel.agent;

/** The fake keeps what is expected of a house. */
class FakeHouseTest extends HouseContract {
  @Override
  protected House house() {
    return behind;
  }
}
