package legal

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/parallel"
)

// admit computes who is let in, unit by unit, and writes it. Namespaces have nothing to
// do with each other, but where limits of rates are of several of them.
func (s *servers) admit() {
	runs := parallel.Runs(len(s.places))
	if len(runs) == 1 || len(s.run.m.Rates) > 0 {
		s.admitPlaces()
		return
	}
	parts := make([]*servers, len(runs))
	parallel.Each(len(runs), func(i int) {
		parts[i] = s.part(s.places[runs[i].From:runs[i].To])
		parts[i].admitPlaces()
	})
	for _, p := range parts {
		s.join(p)
	}
}

func (s *servers) admitPlaces() {
	for _, p := range s.places {
		clear(s.last) // what was met last is met again in the same namespace
		clear(s.never)
		s.mark, s.markElsewhere = len(s.out.Default), len(s.elsewhere.Default)
		level := s.level(p)
		for _, u := range p.single {
			s.serve(u, level)
		}
		s.writeElsewhere(p, level)
	}
}

// part is the work on some of the places, with memory of its own for what is written and
// what is remembered.
func (s *servers) part(places []*placed) *servers {
	p := *s
	p.asker, p.places, p.losses = asker{}, places, newLosses()
	p.known, p.last, p.blames = map[string][]offer{}, map[*intent.Access]offered{}, map[string]*intent.Access{}
	p.speech.known, p.shut = map[saying]string{}, nil
	p.exact, p.out, p.elsewhere = &intent.Model{}, &intent.Model{}, &intent.Model{}
	return &p
}

// join adds what a part wrote behind what there is.
func (s *servers) join(p *servers) {
	for _, m := range []struct{ to, from *intent.Model }{{s.exact, p.exact}, {s.out, p.out}, {s.elsewhere, p.elsewhere}} {
		m.to.Access, m.to.Default = append(m.to.Access, m.from.Access...), append(m.to.Default, m.from.Default...)
	}
	s.shut = append(s.shut, p.shut...)
	for _, key := range p.losses.order {
		l := p.losses.by[key]
		s.losses.add(key, l.change, l.before, l.after)
	}
}
