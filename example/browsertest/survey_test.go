package browsertest

import (
	"context"
	"errors"
	"flag"
	"regexp"
	"strings"
	"sync"
	"time"
)

var every = flag.Bool("every", false, "make each check of every failure, which takes long")

// A scope is how much of the gallery a check must see. Many failures give the same page
// but for a few words, and what a browser makes of a page takes time.
type scope int

const (
	everyFailure scope = iota
	everyWording       // one of those whose pages only differ in reference, time and address
	everyShape         // one of those whose pages only differ in words
)

// theGallery surveys the gallery: which failures there are, and for what they stand.
var theGallery = sync.OnceValues(func() ([]entry, error) {
	p, err := theProgram()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(theSuite.ctx, time.Minute)
	defer cancel()
	all, err := readIndex(ctx, p)
	if err != nil {
		return nil, err
	}
	pages, err := fetch(ctx, p, all)
	if err != nil {
		return nil, err
	}
	choose(all, pages, wording, everyWording)
	choose(all, pages, shape, everyShape)
	if *every {
		for i := range all {
			all[i].scope = everyShape
		}
	}
	return all, nil
})

// fetch gets the page of each entry in all languages, one after the other.
func fetch(ctx context.Context, p program, all []entry) ([]string, error) {
	var work sync.WaitGroup
	pages, errs, places := make([]string, len(all)), make([]error, len(all)), make(chan struct{}, 16)
	for i, e := range all {
		work.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			for _, language := range languages {
				page, err := get(ctx, p.url+e.path()+"?fiveohtwo-lang="+language)
				errs[i] = errors.Join(errs[i], err)
				pages[i] += strings.ReplaceAll(page, "failure/"+e.Name, "")
			}
		})
	}
	work.Wait()
	return pages, errors.Join(errs...)
}

// choose gives the scope to one entry of those whose pages are the same: that with the
// longest name, for which the page must have room.
func choose(all []entry, pages []string, same func(page string) string, s scope) {
	chosen := map[string]int{}
	for i, page := range pages {
		key := same(page)
		if best, found := chosen[key]; !found || len(all[i].Name) > len(all[best].Name) {
			chosen[key] = i
		}
	}
	for _, i := range chosen {
		all[i].scope = s
	}
}

var (
	incident = regexp.MustCompile(` (href|datetime|data-status)="[^"]*"|[0-9A-Z]{4}-[0-9A-Z]{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)
	words    = regexp.MustCompile(`>[^<]+`)
)

// wording is all that can be read on a page, except what belongs to one incident.
func wording(page string) string { return incident.ReplaceAllString(page, "") }

// shape is a page without what can be read.
func shape(page string) string { return words.ReplaceAllString(wording(page), "") }
