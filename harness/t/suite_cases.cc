/* SPDX-License-Identifier: MIT */
/* Tests of every outcome, for harness/t/suite.slow.sh; built with googletest where the host has it. */
#include <gtest/gtest.h>

#include <stdlib.h>
#include <unistd.h>

TEST(Outcome, Passes)
{
	EXPECT_EQ(1, 1);
}

TEST(Outcome, Fails)
{
	EXPECT_EQ(1, 2) << "one is not two";
}

TEST(Outcome, Skips)
{
	GTEST_SKIP() << "not here";
}

TEST(Outcome, Aborts)
{
	abort();
}

TEST(Outcome, Hangs)
{
	for (;;)
		pause();
}

TEST(Outcome, Leaves)
{
	_exit(0);
}

TEST(Outcome, DISABLED_Never)
{
	abort();
}

class Each : public ::testing::TestWithParam<int>
{
};

TEST_P(Each, IsSmall)
{
	EXPECT_LT(GetParam(), 3);
}

INSTANTIATE_TEST_SUITE_P(All, Each, ::testing::Values(1, 2, 3));
