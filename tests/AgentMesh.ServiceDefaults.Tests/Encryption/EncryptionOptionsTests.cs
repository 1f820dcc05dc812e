using AgentMesh.ServiceDefaults.Encryption;

namespace AgentMesh.ServiceDefaults.Tests.Encryption;

/// <summary>What the settings may be.</summary>
public sealed class EncryptionOptionsTests
{
    [Theory]
    [InlineData("none", null, null)]
    [InlineData("none", "store/key", null)]
    [InlineData("all", "store/key", null)]
    [InlineData("acme, other", "store/key/member", null)]
    [InlineData("all", null, "AgentMesh__Encryption__KeysSecret is missing: ")]
    [InlineData("acme", " ", "AgentMesh__Encryption__KeysSecret is missing: ")]
    [InlineData("none", "store", "AgentMesh__Encryption__KeysSecret is STORE/NAME")]
    [InlineData("", "store/key", "AgentMesh__Encryption__Tenants is none, all, or")]
    [InlineData("acme,", "store/key", "AgentMesh__Encryption__Tenants is none, all, or")]
    [InlineData("acme:x", "store/key", "AgentMesh__Encryption__Tenants is none, all, or")]
    public void Settings_SayWhyNot(string tenants, string? secret, string? why)
    {
        var options = new EncryptionOptions { Tenants = tenants, KeysSecret = secret };
        if (why is null)
            Assert.Null(options.WhyNot);
        else
            Assert.StartsWith(why, options.WhyNot, StringComparison.Ordinal);
    }

    /// <summary>Without a key nothing starts, rather than that text is stored as it is.</summary>
    [Fact]
    public void Default_EncryptsNothing()
    {
        var options = new EncryptionOptions();
        Assert.Equal((false, false), (options.IsOn, options.Encrypts("default")));
    }
}
