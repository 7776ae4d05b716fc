package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/translate"
)

// revisions reads files as they are in a revision and as they are now. A file that
// is on one side only is new, or was removed.
func (v *diff) revisions(stdin io.Reader) (sides [2]translate.Side, err error) {
	if slices.Contains(v.in.files, "-") {
		return sides, fmt.Errorf("--against compares files: standard input is in no revision")
	}
	paths := v.in.files
	rev, err := newRevision(v.against, append(slices.Clip(paths), v.in.kustomize)[0])
	if err != nil {
		return sides, err
	}
	if v.in.kustomize != "" {
		paths = nil // bases can be anywhere
	}
	remove, err := rev.layOut(paths)
	if err != nil {
		return sides, err
	}
	defer remove()
	before, after := v.in, v.in
	before.rev, before.sparse, after.sparse = rev, true, true
	if before.files, after.files, err = v.there(rev); err != nil {
		return sides, err
	}
	if v.in.kustomize != "" {
		if before.kustomize, err = rev.at(v.in.kustomize); err != nil {
			return sides, err
		}
	}
	for i, in := range []*input{&before, &after} {
		if len(in.files) == 0 && in.kustomize == "" {
			continue // all of it is new, or was removed
		}
		if sides[i].Input, err = in.read(stdin); err != nil {
			return sides, err
		}
	}
	both := slices.Concat(sides[0].Objects, sides[1].Objects)
	for i := range sides {
		if sides[i].Mesh, sides[i].Version, err = settle("mesh", orAuto(v.mesh), both); err != nil {
			return sides, err
		}
	}
	return sides, nil
}

// there are the paths that exist on each side, as they are found there; each must
// exist on one.
func (v *diff) there(rev *revision) (before, after []string, err error) {
	for _, path := range v.in.files {
		old, err := rev.at(path)
		if err != nil {
			return nil, nil, err
		}
		was, is := exists(old), exists(path)
		if !was && !is {
			return nil, nil, fmt.Errorf("%s is neither in the working tree nor in %s", path, rev.name)
		}
		if was {
			before = append(before, old)
		} else {
			v.oneSided = append(v.oneSided, path+" is not in "+rev.name+": all of it counts as new")
		}
		if is {
			after = append(after, path)
		} else {
			v.oneSided = append(v.oneSided, path+" is not in the working tree: all of it counts as removed")
		}
	}
	return before, after, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// label is what a file that was laid out is called: "main:deploy/mesh.yaml".
func (r *revision) label(file string) string {
	rel, err := filepath.Rel(r.tree(), file)
	if err != nil {
		return file
	}
	return r.name + ":" + strings.TrimPrefix(filepath.ToSlash(rel), "./")
}
