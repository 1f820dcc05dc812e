using System.Net;
using AgentMesh.Gateway.Edge;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>What one address may do.</summary>
public sealed class AddressPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(999, 0)]
    [InlineData(1_000, 1)]
    [InlineData(1_999, 1)]
    [InlineData(2_000, 2)]
    [InlineData(3_000, 3)]
    [InlineData(3_600_000, 3)]
    public void TokensThatAreGone_ComeBackWithTime_AndNoMoreThanThereWere(int milliseconds, int tokens)
    {
        var pace = new AddressPace(3, 60, _time);
        Assert.Equal(3, TakeAll(pace, "192.0.2.1"));
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(tokens, TakeAll(pace, "192.0.2.1"));
    }

    [Fact]
    public void SlowSetting_IsNotRounded()
    {
        var pace = new AddressPace(1, 7, _time);
        TakeAll(pace, "192.0.2.1");
        var taken = 0;
        for (var second = 0; second < 600; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            taken += TakeAll(pace, "192.0.2.1");
        }

        // A whole second is the step of this test: at least 9 of them for each.
        Assert.InRange(taken, 66, 70);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData(null, "127.0.0.1", false)]
    [InlineData(null, null, true)]
    public void Addresses_AreCountedByThemselves_AndThoseOfIPv6ByTheirNetwork(string? one, string? other, bool isTheSame)
    {
        var pace = new AddressPace(2, 1, _time);
        Assert.Equal(2, TakeAll(pace, one));
        Assert.Equal(isTheSame ? 0 : 2, TakeAll(pace, other));
    }

    [Fact]
    public void Looking_TakesNothing()
    {
        var pace = new AddressPace(1, 1, _time);
        var address = IPAddress.Parse("192.0.2.1");
        Assert.True(pace.Has(address) && pace.Has(address) && pace.TryTake(address));
        Assert.False(pace.Has(address));
    }

    [Fact]
    public void None_IsAsManyAsThereAre()
    {
        var pace = new AddressPace(1, 0, _time);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(pace.Has(null) && pace.TryTake(null)));
        Assert.Equal(0, pace.Remembered);
    }

    /// <summary>Whoever has very many addresses takes neither the memory nor what was used up.</summary>
    [Fact]
    public void TooManyAddresses_ShareWhatOneHas()
    {
        var pace = new AddressPace(2, 1, _time);
        for (var n = 0; n < AddressPace.MaxAddresses; n++)
            Assert.True(pace.TryTake(new IPAddress([10, (byte)(n >> 16), (byte)(n >> 8), (byte)n])));
        Assert.Equal(AddressPace.MaxAddresses, pace.Remembered);
        Assert.Equal(2, TakeAll(pace, "192.0.2.1"));
        Assert.Equal(0, TakeAll(pace, "192.0.2.2"));
        Assert.Equal(AddressPace.MaxAddresses, pace.Remembered);
        Assert.Equal(1, TakeAll(pace, "10.0.0.1"));

        // Those that have all of theirs again make room.
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, TakeAll(pace, "192.0.2.3"));
        Assert.InRange(pace.Remembered, 1, 3);
    }

    private static int TakeAll(AddressPace pace, string? address)
    {
        var taken = 0;
        while (pace.TryTake(address is null ? null : IPAddress.Parse(address)))
            taken++;
        return taken;
    }
}
