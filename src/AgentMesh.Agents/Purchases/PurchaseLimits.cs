namespace AgentMesh.Agents.Purchases;

/// <summary>Every maximum of an agent's purchases, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class PurchaseLimits
{
    /// <summary>Purchases of an agent that are not over.</summary>
    public const int Open = 64;

    /// <summary>Purchases of an agent that are over and still known by their keys.</summary>
    public const int Kept = 512;

    /// <summary>Bytes of answers that are kept; the oldest go first, and what was bought stays known.</summary>
    public const int KeptBytes = 16 * 1024 * 1024;

    /// <summary>Records that one change removes.</summary>
    public const int RemovedAtOnce = 32;

    /// <summary>Runs of a purchase that die before anything is promised.</summary>
    public const int OpenAttempts = 5;

    /// <summary>How often a payment is sent.</summary>
    public const int Sends = 6;

    /// <summary>How long a key is known, as that of a message.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromHours(24);

    /// <summary>How long a purchase without a key is known: for the gateway's own retries, and for who waits for the answer.</summary>
    public static readonly TimeSpan KeylessLife = TimeSpan.FromMinutes(10);

    /// <summary>How long a run is trusted to live without a word: longer than a call and what is said of it take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>Before a payment is sent again, or looked for; twice as long each time.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    /// <summary>The longest of these pauses.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Seconds that a payment needs to be settled in: with fewer left nothing is signed any more.</summary>
    public static readonly TimeSpan LeastValidity = TimeSpan.FromSeconds(10);

    /// <summary>After a payment has expired, for clocks that go differently and blocks that are replaced; as the look at the chain has it.</summary>
    public static readonly TimeSpan ExpirySlack = TimeSpan.FromSeconds(65);

    /// <summary>How long after that a payment is looked for whose chain cannot be asked. Then it counts as paid.</summary>
    public static readonly TimeSpan LookLife = TimeSpan.FromHours(24);
}
