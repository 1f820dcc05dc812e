namespace AgentMesh.CrashKit.Seeds;

/// <summary>
/// Numbers that a seed decides: SplitMix64 (Steele, Lea, Flood 2014), because the numbers of <see cref="Random"/> may change with the version of .NET and a seed
/// has to replay a run on any. Not for several threads: each takes a <see cref="Fork"/> of its own.
/// </summary>
public sealed class SeededRandom
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly ulong _seed;
    private ulong _state;

    /// <param name="seed">Decides all numbers.</param>
    public SeededRandom(ulong seed) => _seed = _state = seed;

    /// <summary>
    /// Numbers that do not depend on those of others: of a client, of a scenario. They depend on the seed and the name only, not on how many numbers were taken.
    /// </summary>
    /// <param name="name">Whose.</param>
    public SeededRandom Fork(string name)
    {
        var hash = FnvOffset;
        foreach (var c in name)
            hash = (hash ^ c) * FnvPrime;
        return new SeededRandom(Mix(_seed ^ Mix(hash)));
    }

    /// <summary>A number from 0 to one under <paramref name="below"/>.</summary>
    /// <param name="below">At least 1.</param>
    public int Next(int below)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(below, 1);
        // The high half of a product: its bias of 1 in 2^32 is nothing to a test.
        return (int)(((NextUInt64() >> 32) * (ulong)below) >> 32);
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both among them.</summary>
    public int Between(int least, int most) => least + Next(most - least + 1);

    /// <summary>One of them.</summary>
    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    /// <summary>True so many times of a hundred.</summary>
    public bool Percent(int percent) => Next(100) < percent;

    private ulong NextUInt64() => Mix(_state += 0x9E3779B97F4A7C15);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
