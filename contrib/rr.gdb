# Commands for gdb on a recorded run. rr-gdb loads them; for a server (rr-gdb -s) load them by hand:
#	(gdb) with confirm off -- source rr.gdb
#	(gdb) target extended-remote 127.0.0.1:1234
#
# A position is EVENT, EVENT:TICKS or EVENT:TICKS+INSNS, as `when` prints it; events are those of rr-dump.

# After going elsewhere, gdb has to be told of everything that is other there: `monitor arrive` lets the next step do that,
# and not move.

define when
  monitor when
end
document when
Print where this is in the run: a position that `seek`, rr-gdb -e and rr-dump -e take.
end

define when-ticks
  monitor when-ticks
end
document when-ticks
Print how many ticks the current task has made.
end

define elapsed-time
  monitor elapsed
end
document elapsed-time
Print how many seconds after its beginning the recording was here.
end

define seek
  if $argc == 1
    monitor seek $arg0
    monitor arrive
    stepi
  else
    echo seek POSITION: go there, forwards or backwards; see `when'\n
  end
end
document seek
Go to a position, forwards or backwards: seek EVENT[:TICKS[+INSNS]]
end

define checkpoint
  monitor checkpoint
end
document checkpoint
Give this position a number, for `restart'.
end

define restart
  if $argc == 0
    monitor restart
  else
    monitor restart $arg0
  end
  monitor arrive
  stepi
end
document restart
Go to the position with a number that `checkpoint' gave, or to the beginning: restart [NUMBER]
end

define delete checkpoint
  monitor delete $arg0
end
document delete checkpoint
Forget the number of a position.
end

define info checkpoints
  monitor info
end
document info checkpoints
Print where this is, figures of the replay, and the positions that have a number.
end
