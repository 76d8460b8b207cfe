(* ocaml: threads, a timer that interrupts a loop, garbage, exceptions that signals raise, a fork. *)
let lock = Mutex.create ()
let n = ref 0
let alarms = ref 0
let rec deep n = 1 + deep (n + 1)

let work i =
  for k = 1 to 1000 do
    Mutex.lock lock;
    n := !n + i;
    Mutex.unlock lock;
    if k mod 100 = 0 then Thread.yield ()
  done

let timer interval = ignore (Unix.setitimer Unix.ITIMER_REAL { Unix.it_interval = interval; it_value = interval })

let () =
  List.iter Thread.join (List.init 4 (Thread.create work));
  Printf.printf "%d\n" !n;
  Sys.set_signal Sys.sigalrm (Sys.Signal_handle (fun _ -> incr alarms));
  timer 0.002;
  while !alarms < 5 do ignore (List.init 1000 string_of_int) done;
  timer 0.;
  Gc.full_major ();
  (try ignore (1 / (!n - 6000)) with Division_by_zero -> print_endline "div");
  (try ignore (deep 0) with Stack_overflow -> print_endline "deep");
  (match Unix.fork () with
   | 0 -> exit 3
   | pid -> (match Unix.waitpid [] pid with _, Unix.WEXITED c -> Printf.printf "%d\n" c | _ -> ()));
  Printf.printf "%f\n" (Unix.gettimeofday ())
