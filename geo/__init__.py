"""Pure geometry: regions of uncertainty, zones, containment. No I/O, no clock, no randomness.

On the data's way: `validate` reads what an agreement draws, `zones` makes it ready, `routes` makes
corridors of it; `shapes` says where a report may have happened, `places` how offsets are worked
out; `containment` answers which zones hold which regions, `circles` and `circle_area` for points
with an accuracy, by the `density` of their error, `footprint` and `overlap` for all else, in the
plane of `projection`. `grid` settles most points and circles beforehand; it is `compiled` and drawn
on a `lattice`. Of what it leaves, `settle` answers nearly all, compiled too: by `point_side` and
`near_discs`, in a `near_plane`.
"""
