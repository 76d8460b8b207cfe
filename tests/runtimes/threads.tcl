# tcl: threads, timers, coroutines.
package require Thread
set ids {}
for {set i 0} {$i < 4} {incr i} {
	lappend ids [thread::create -joinable [list apply {i {
		for {set k 0} {$k < 1000} {incr k} { tsv::incr sum a $k }
		tsv::lappend log order $i
	}} $i]]
}
foreach id $ids { thread::join $id }
puts "[tsv::get sum a] [tsv::get log order]"
set n 0
proc tick {} { if {[incr ::n] < 5} { after 3 tick } else { set ::done 1 } }
after 3 tick
vwait done
catch {expr {1 / 0}} e
puts $e
coroutine c apply {{} { yield 1; yield 2 }}
puts "[c] [clock milliseconds] [exec echo sub]"
