package pages

// lastStation is the site.
const lastStation = 3

// station is the one that the gap comes after, or the site where it is in there.
func (g gap) station() int {
	switch g {
	case gapNetwork:
		return 1
	case gapDoor, gapBetween:
		return 2
	}
	return lastStation
}

// class says how a station is drawn: broken, not reached, or with a gap after it.
func (g gap) class(station int) string {
	switch {
	case station == g.station() && g == gapDoor:
		return "gap broken"
	case station == g.station() && station < lastStation:
		return "gap"
	case station == g.station():
		return "broken"
	case station == lastStation:
		return "far"
	}
	return ""
}

// stopped reports the station whose words say what went wrong.
func (g gap) stopped(station int) bool {
	if g == gapBetween {
		return station == lastStation
	}
	return station == g.station()
}
