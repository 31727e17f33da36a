package evidence

// An overview counts the upstreams as they are in one second.
type overview struct {
	second         int64 // in which it was made
	tried, failing int
}

// allUpstreams counts the upstreams tried in the last minute, and those of them that
// nobody could connect to. It looks once a second, and again where all failed and one
// passed since.
func (m *Memory) allUpstreams(number, second int64) (tried, failing int) {
	o := m.overview.Load()
	if m.isStale(o, second) {
		m.looking.Lock()
		defer m.looking.Unlock()
		if o = m.overview.Load(); m.isStale(o, second) { // nobody did it meanwhile
			o = m.look(number, second)
			m.overview.Store(o)
		}
	}
	return o.tried, o.failing
}

// isStale reports an overview that is too old. A caller may be one second behind: not all
// cores see a second end at once.
func (m *Memory) isStale(o *overview, second int64) bool {
	isNow := func(s int64) bool { return s == o.second || s == o.second-1 }
	return o == nil || !isNow(second) || o.tried == o.failing && isNow(m.passed.Load())
}

// look makes the overview.
func (m *Memory) look(number, second int64) *overview {
	o := &overview{second: second}
	m.table.each(func(u *upstream) {
		switch c := u.window.counts(number); {
		case c.passes > 0, c.fails > c.unreached:
			o.tried++
		case c.unreached > 1: // one may be chance
			o.tried++
			o.failing++
		}
	})
	return o
}
