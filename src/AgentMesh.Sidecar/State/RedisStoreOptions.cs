using System.Globalization;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.State;

/// <summary>Where the Redis of a <c>state.redis</c> component is. Not a record: its text would show the password.</summary>
internal sealed class RedisStoreOptions
{
    public const int DefaultPort = 6379;

    /// <summary>Host name or address, without brackets.</summary>
    public required string Host { get; init; }

    public int Port { get; init; } = DefaultPort;

    /// <summary>Null: Redis' default user.</summary>
    public string? Username { get; init; }

    /// <summary>Null: no authentication.</summary>
    public string? Password { get; init; }

    /// <summary>Redis' numbered database, 0.</summary>
    public int Database { get; init; }

    public bool Tls { get; init; }

    /// <summary>For the first connection, 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one call, the wait for a lost connection included, 3 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>HOST:PORT</c>, an IPv6 address in brackets.</summary>
    public string Address => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>The client's own options.</summary>
    public ConfigurationOptions ToConfiguration() => new()
    {
        EndPoints = { { Host, Port } },
        User = Username,
        Password = Password,
        Ssl = Tls,
        SslHost = Tls ? Host : null,
        AllowAdmin = true, // the client counts CONFIG GET as administration
        AbortOnConnectFail = true,
        ConnectRetry = 0,
        ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds,
        AsyncTimeout = (int)CallTimeout.TotalMilliseconds,
        SyncTimeout = (int)CallTimeout.TotalMilliseconds,
        // While Redis is away: calls wait up to their timeout for the next attempt, so a restart of a second fails nobody.
        BacklogPolicy = BacklogPolicy.Default,
        ReconnectRetryPolicy = new LinearRetry(500),
        ClientName = "agentmesh-sidecar",
    };

    /// <summary>The text of <c>--redis</c>: <c>HOST:PORT</c>, <c>HOST</c> (port 6379) or <c>[IPV6]:PORT</c>.</summary>
    /// <exception cref="FormatException">The text is none of these; the message says which part.</exception>
    public static RedisStoreOptions Parse(string text)
    {
        var (host, port) = SplitAddress(text);
        return new RedisStoreOptions { Host = host, Port = port };
    }

    /// <summary>
    /// The metadata of a <c>state.redis</c> component, names compared as Dapr does, without case. What would change the meaning
    /// and is not done here (cluster, sentinel, client certificates, a TTL for every key) is refused, never ignored.
    /// </summary>
    /// <exception cref="FormatException">A value is missing, wrong or not supported; the message names it.</exception>
    public static RedisStoreOptions FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        var values = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase);
        var address = Text("redisHost") ?? throw new FormatException("redisHost is missing.");
        if (address.Contains(',', StringComparison.Ordinal))
            throw new FormatException($"redisHost '{address}' lists several servers; this program speaks to one.");
        if (Text("redisType") is { } type && !type.Equals("node", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"redisType '{type}' is not supported; this program speaks to one node.");
        if (Flag("failover"))
            throw new FormatException("failover (sentinel) is not supported; this program speaks to one node.");
        if (Flag("insecureSkipTLSVerify"))
            throw new FormatException("insecureSkipTLSVerify is not supported; the certificate is always checked.");
        foreach (var name in (string[])["clientCert", "clientKey", "ttlInSeconds"])
        {
            if (Text(name) is not null)
                throw new FormatException($"{name} is not supported.");
        }

        var (host, port) = SplitAddress(address, Text("redisPort"));
        return new RedisStoreOptions
        {
            Host = host,
            Port = port,
            Username = Text("redisUsername"),
            Password = Text("redisPassword"),
            Database = Text("redisDB") is { } number ? Number("redisDB", number, 0, int.MaxValue) : 0,
            Tls = Flag("enableTLS"),
        };

        string? Text(string name) => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        // Dapr's own words for true, https://docs.dapr.io/reference/components-reference/ ("true", "1", "yes", "on", "y", "t").
        bool Flag(string name) => Text(name)?.ToUpperInvariant() is "TRUE" or "1" or "YES" or "ON" or "Y" or "T";
    }

    private static (string Host, int Port) SplitAddress(string text, string? defaultPort = null)
    {
        // An address of its own kind has no port of its own, unlike those of known schemes.
        if (!Uri.TryCreate("redis://" + text, UriKind.Absolute, out var uri) || text.EndsWith(':') || uri.Port == 0
            || uri.UserInfo.Length > 0 || uri.PathAndQuery.Length > 1 || uri.Fragment.Length > 0 || Uri.CheckHostName(uri.DnsSafeHost) == UriHostNameType.Unknown)
        {
            throw new FormatException($"'{text}' is not HOST:PORT (an IPv6 address needs brackets).");
        }

        var port = defaultPort is null ? DefaultPort : Number("redisPort", defaultPort, 1, ushort.MaxValue);
        return (uri.DnsSafeHost, uri.Port < 0 ? port : uri.Port);
    }

    private static int Number(string what, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{what} is '{text}', and not a number from {least} to {most}.");
}
