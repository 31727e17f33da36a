package pages

// A copyStep is one thing to do about saved copies.
type copyStep struct {
	id     string
	values []string // in the place of the page's
}

// copySteps are those of the visitor's browser, or of all where it is not known.
func (p page) copySteps() []copyStep {
	keys := func(id, keys string) copyStep { return copyStep{id, []string{"Keys", keys}} }
	both := func(id, keys, mac string) copyStep { return copyStep{id, []string{"Keys", keys, "MacKeys", mac}} }
	phone, ios := copyStep{id: "cache.phone"}, copyStep{id: "cache.ios"}
	reloadKeys, deleteKeys := p.text("keys.reload"), p.text("keys.delete")
	switch b := p.browser; {
	case b.maker == nil:
		return []copyStep{both("cache.reload", reloadKeys, macReload), both("cache.delete", deleteKeys, macDelete), phone, ios}
	case b.ios:
		return []copyStep{phone, ios}
	case b.phone:
		return []copyStep{phone}
	case b.mac && b.maker.macDelete == "": // an iPad calls itself a Mac
		return []copyStep{keys("cache.reload.keys", b.maker.macReload), phone, ios}
	case b.mac:
		return []copyStep{keys("cache.reload.keys", b.maker.macReload), keys("cache.delete.keys", b.maker.macDelete)}
	}
	return []copyStep{keys("cache.reload.keys", reloadKeys), keys("cache.delete.keys", deleteKeys)}
}

// otherMakers are those whose help is offered besides that of the visitor's browser.
func (p page) otherMakers() []maker {
	var others []maker
	for i := range makers {
		if p.browser.maker != &makers[i] {
			others = append(others, makers[i])
		}
	}
	return others
}
