package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

// marker is the file by which export knows a directory of its own. It lists the files.
const marker = ".fiveohtwo-export"

// writeExport writes the files into dir. What an earlier export wrote is replaced; a
// directory with anything else in it is left alone.
func writeExport(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // so that no link leads out of it
	if err != nil {
		return err
	}
	defer root.Close()
	earlier, err := earlierFiles(root)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(files))
	// The list comes first: after an interrupted export, the next one knows the directory.
	if err := replaceFile(root, marker, markerText(append(earlier, names...))); err != nil {
		return err
	}
	for _, name := range names {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return err
		}
		if err := replaceFile(root, name, files[name]); err != nil {
			return err
		}
	}
	for _, name := range earlier {
		if _, still := files[name]; still {
			continue
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return replaceFile(root, marker, markerText(names))
}

// earlierFiles lists what an earlier export wrote. It is an error when the directory is
// neither empty nor one of ours.
func earlierFiles(root *os.Root) ([]string, error) {
	list, err := root.ReadFile(marker)
	if err == nil {
		var names []string
		for line := range strings.Lines(string(list)) {
			if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
				names = append(names, name)
			}
		}
		return names, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty, and was not written by export: name a new directory", root.Name())
	}
	return nil, err
}

func markerText(names []string) []byte {
	slices.Sort(names)
	return []byte("# Written by example export, which replaces or removes these files when it runs again.\n" +
		strings.Join(slices.Compact(names), "\n") + "\n")
}

// replaceFile writes a file whole: a server that reads it meanwhile gets the old one or the new.
func replaceFile(root *os.Root, name string, data []byte) error {
	if err := root.WriteFile(name+".new", data, 0o644); err != nil {
		return err
	}
	return root.Rename(name+".new", name)
}
