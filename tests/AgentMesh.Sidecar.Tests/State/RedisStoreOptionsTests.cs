using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.State;

public sealed class RedisStoreOptionsTests
{
    [Theory]
    [InlineData("localhost:6379", "localhost", 6379, "localhost:6379")]
    [InlineData("localhost", "localhost", 6379, "localhost:6379")]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1, "10.0.0.1:1")]
    [InlineData("redis.example:65535", "redis.example", 65535, "redis.example:65535")]
    [InlineData("[::1]:7000", "::1", 7000, "[::1]:7000")]
    [InlineData("[::1]", "::1", 6379, "[::1]:6379")]
    public void Parse_Address(string text, string host, int port, string address)
    {
        var options = RedisStoreOptions.Parse(text);
        Assert.Equal((host, port, address), (options.Host, options.Port, options.Address));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":6379")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost:6379,other:6379")]
    [InlineData("redis://localhost:6379")]
    [InlineData("::1:6379")]
    [InlineData("[::1")]
    [InlineData("[::1]6379")]
    [InlineData("[]:6379")]
    [InlineData("a b:6379")]
    public void Parse_BadAddress_SaysWhichText(string text)
    {
        var exception = Assert.Throws<FormatException>(() => RedisStoreOptions.Parse(text));
        Assert.Contains($"'{text}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromMetadata_TakesDaprsNamesWithoutCase()
    {
        var options = RedisStoreOptions.FromMetadata(new Dictionary<string, string>
        {
            ["redishost"] = "redis.example",
            ["redisPort"] = "7000",
            ["redisUsername"] = "u",
            ["redisPassword"] = "p",
            ["redisDB"] = "3",
            ["enableTLS"] = "true",
            ["actorStateStore"] = "true",
        });
        Assert.Equal(("redis.example", 7000, "u", "p", 3, true), (options.Host, options.Port, options.Username, options.Password, options.Database, options.Tls));
    }

    [Fact]
    public void FromMetadata_EmptyValues_AreAbsent()
    {
        var options = RedisStoreOptions.FromMetadata(new Dictionary<string, string> { ["redisHost"] = "localhost:6379", ["redisPassword"] = "", ["redisDB"] = "" });
        Assert.Equal((null, null, 0, false), (options.Username, options.Password, options.Database, options.Tls));
    }

    [Theory]
    [InlineData("redisHost", "")]
    [InlineData("redisHost", "a:6379,b:6379")]
    [InlineData("redisDB", "x")]
    [InlineData("redisDB", "-1")]
    [InlineData("redisPort", "70000")]
    [InlineData("redisType", "cluster")]
    [InlineData("failover", "true")]
    [InlineData("insecureSkipTLSVerify", "true")]
    [InlineData("clientCert", "x")]
    [InlineData("ttlInSeconds", "60")]
    public void FromMetadata_WhatCannotBeDone_IsRefusedByName(string name, string value)
    {
        var metadata = new Dictionary<string, string> { ["redisHost"] = "localhost", [name] = value };
        Assert.Contains(name, Assert.Throws<FormatException>(() => RedisStoreOptions.FromMetadata(metadata)).Message, StringComparison.Ordinal);
    }
}
