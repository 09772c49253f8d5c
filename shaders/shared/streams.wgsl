// The random words of a stream in a replica; the list of streams is src/exact/streams.ts.
#import threefry

fn random_words(replica: u32, stream: u32, counter: vec4<u32>) -> vec4<u32> {
  return threefry(vec4(params.seed_low, params.seed_high, params.first_replica + replica, stream), counter);
}
