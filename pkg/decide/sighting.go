package decide

import "slices"

// sighting is a difference in an aspect; defaulted where only defaults make it.
type sighting struct {
	aspect    int
	defaulted bool
}

// sightings are those of one table.
type sightings struct {
	list []sighting
	// doubts says that there may be others; byDefault that defaults alone make those.
	doubts, byDefault bool
}

// has reports whether a difference adds nothing to those that were seen.
func (s *sightings) has(x sighting) bool {
	return slices.ContainsFunc(s.list, func(y sighting) bool { return y.aspect == x.aspect && (x.defaulted || !y.defaulted) })
}

func (s *sightings) add(x sighting) { s.list = append(s.list, x) }

func (s *sightings) doubt(x sighting) {
	s.byDefault = x.defaulted && (s.byDefault || !s.doubts)
	s.doubts = true
}
