// rust: threads, channels, timeouts, panics.
use std::sync::{atomic::*, mpsc, Arc, Condvar, Mutex};
use std::{collections::HashMap, panic, thread, time::*};

fn main() {
    let n = Arc::new(Mutex::new(0));
    let sum = Arc::new(AtomicU64::new(0));
    let (to, from) = mpsc::channel();
    let threads: Vec<_> = (0..4)
        .map(|i| {
            let (n, sum, to) = (n.clone(), sum.clone(), to.clone());
            thread::spawn(move || {
                for k in 0..1000 {
                    *n.lock().unwrap() += k;
                    sum.fetch_add(i, Ordering::Relaxed);
                }
                to.send(i).unwrap();
            })
        })
        .collect();
    drop(to);
    println!("{:?}", from.iter().collect::<Vec<u64>>());
    for t in threads {
        t.join().unwrap();
    }
    println!("{} {}", n.lock().unwrap(), sum.load(Ordering::SeqCst));
    let (lock, cond) = (Mutex::new(false), Condvar::new());
    let waited = cond.wait_timeout(lock.lock().unwrap(), Duration::from_millis(3)).unwrap();
    println!("{}", waited.1.timed_out());
    println!("{}", panic::catch_unwind(|| Vec::<i32>::new()[std::hint::black_box(3)]).is_err());
    println!("{}", thread::spawn(|| panic!("raised")).join().is_err());
    thread::scope(|s| {
        s.spawn(|| thread::park_timeout(Duration::from_millis(2)));
        s.spawn(|| thread::sleep(Duration::from_millis(1)));
    });
    let map: HashMap<_, _> = (0..10).map(|i| (i, i)).collect();
    println!("{:?} {:?}", map, SystemTime::now());
}
