using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Tests.Registry;

/// <summary>Who may serve an actor, as rows: the lists of hosts since the last settled epoch, and whether the last one is settled.</summary>
public sealed class PlacementTests
{
    private readonly Dictionary<string, AppConnection> _hosts = new(StringComparer.Ordinal)
    {
        ["me"] = Host("me", isRemote: false),
        ["b"] = Host("b", isRemote: true),
        ["c"] = Host("c", isRemote: true),
    };

    // Each epoch names the owner of the actor; '-' is an epoch without hosts, '!' settles.
    [Theory]
    [InlineData("me !", "me")]
    [InlineData("me", null)] // joined, and others may still have it
    [InlineData("b !", "b")]
    [InlineData("b", "b")] // it says itself whether it may
    [InlineData("me ! b", "b")] // lost: sent on at once
    [InlineData("me ! b me", null)] // lost and won back: the other may have had it in between
    [InlineData("me ! b me !", "me")]
    [InlineData("me ! me", "me")] // others moved: what stays is served on
    [InlineData("me ! me me me", "me")]
    [InlineData("b ! me", null)] // won: only when all have left
    [InlineData("b ! me !", "me")]
    [InlineData("b ! me me", null)]
    [InlineData("b ! c me", null)]
    [InlineData("b ! - me", null)]
    [InlineData("me ! - me", null)] // withdrawn and back
    [InlineData("- !", null)]
    [InlineData("me ! -", null)]
    public void Find_ServesOnlyWhatIsSafe(string epochs, string? expected)
    {
        var id = IdThatPrefers("me", "b", "c");
        var placement = Placement.Empty;
        var epoch = 0;
        foreach (var word in epochs.Split(' '))
        {
            // The actor belongs to the first of the hosts in the order me, b, c.
            placement = word switch
            {
                "!" => placement.Settled(),
                "-" => placement.Next(++epoch, []),
                "me" => placement.Next(++epoch, [_hosts["me"], _hosts["b"], _hosts["c"]]),
                "b" => placement.Next(++epoch, [_hosts["b"], _hosts["c"]]),
                _ => placement.Next(++epoch, [_hosts["c"]]),
            };
        }

        Assert.Equal(expected is null ? null : _hosts[expected], placement.Find("T", id));
        Assert.Equal(epoch, placement.Epoch);
    }

    [Fact]
    public async Task Find_OwnerOfAnEarlierEpochThatIsGone_StillCounts()
    {
        var id = IdThatPrefers("b", "me", "c");
        var placement = Placement.Empty.Next(1, [_hosts["me"], _hosts["b"]]).Settled().Next(2, [_hosts["me"]]);
        await _hosts["b"].CloseAsync();
        Assert.Null(placement.Find("T", id));
        Assert.Equal(_hosts["me"], placement.Settled().Find("T", id));
    }

    [Fact]
    public void Find_AfterTooManyEpochsThatNobodySettled_ServesNothing()
    {
        var placement = Placement.Empty.Next(1, [_hosts["me"]]).Settled();
        for (var epoch = 2; epoch < 100; epoch++)
            placement = placement.Next(epoch, [_hosts["me"]]);
        Assert.Null(placement.Find("T", "a"));
        Assert.Equal(_hosts["me"], placement.Settled().Find("T", "a"));
    }

    [Fact]
    public void Find_OfAnotherType_IsNobody() => Assert.Null(Placement.Empty.Next(1, [_hosts["me"]]).Settled().Find("Other", "a"));

    private static AppConnection Host(string name, bool isRemote)
    {
        var app = new AppDefinition(name, 0, 1, 2, 3) { Instance = name };
        return new AppConnection(app, new AppChannel(app, null), [new ActorTypeSettings("T", TimeSpan.FromHours(1), TimeSpan.FromSeconds(2))]) { IsRemote = isRemote };
    }

    /// <summary>An id whose hashes put the hosts in this order.</summary>
    private string IdThatPrefers(params string[] order)
    {
        for (var number = 0; ; number++)
        {
            var id = $"actor-{number}";
            var hosts = order.Select(name => _hosts[name]).ToArray();
            if (Enumerable.Range(0, hosts.Length - 1).All(first => Placement.Empty.Next(1, hosts[first..]).OwnerOf("T", id) == hosts[first]))
                return id;
        }
    }
}
